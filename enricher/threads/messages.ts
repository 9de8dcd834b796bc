import type { PipelineErrorCode } from "../../domain/errors.ts";
import type { LogFields, LogLevel } from "../../runtime/log/log.ts";
import type { MemberReport } from "../member.ts";

/** What a thread tells the one that started it; that one tells it nothing but to stop. */
export type ThreadMessage =
  | { readonly type: "log"; readonly level: LogLevel; readonly message: string; readonly fields: LogFields }
  | { readonly type: "started" }
  | { readonly type: "report"; readonly report: MemberReport }
  | { readonly type: "failed"; readonly fault: ThreadFault };

/** An error as it goes from thread to thread: what a class adds is lost on the way. */
export interface ThreadFault {
  readonly message: string;
  /** Null for one that is no operating fault. */
  readonly code: PipelineErrorCode | null;
  readonly remedy: string | null;
}

export const stopMessage = "stop";
