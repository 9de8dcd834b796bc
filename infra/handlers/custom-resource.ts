import type {
  CdkCustomResourceEvent,
  CdkCustomResourceIsCompleteEvent,
  CdkCustomResourceIsCompleteResponse,
  CdkCustomResourceResponse,
} from "aws-lambda";
import type { z } from "zod";
import { PipelineError } from "../../domain/errors.ts";
import { environment } from "../../runtime/config/environment.ts";
import type { MskLocation } from "../../runtime/kafka/msk-client.ts";
import { createLog, type Log } from "../../runtime/log/log.ts";

/** A request of CloudFormation, as the provider framework of CDK hands it to `onEvent`. */
export type ResourceEvent = CdkCustomResourceEvent;
/** What `onEvent` answers; what it holds besides the known keys comes back to `isComplete`. */
export type ResourceResponse = CdkCustomResourceResponse;
/** The request together with the answer of `onEvent`, as `isComplete` gets it at each look. */
export type CompletionEvent = CdkCustomResourceIsCompleteEvent;
/** What `isComplete` answers. A fault that it throws ends the deployment, with the fault's message as the reason. */
export type Completion = CdkCustomResourceIsCompleteResponse;

/** The log of a handler, for collectors. */
export function handlerLog(handler: string): Log {
  return createLog({
    stage: handler,
    level: "info",
    format: "json",
    now: () => new Date(),
    write: (line) => void process.stderr.write(line),
  });
}

/** The properties of a request. @throws Error that names every fault of the template's wiring */
export function propertiesOf<Schema extends z.ZodType>(schema: Schema, event: ResourceEvent): z.output<Schema> {
  const result = schema.safeParse(event.ResourceProperties);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`The properties of ${event.LogicalResourceId} have faults: ${faults.join("; ")}.`);
}

/** Where AWS's services are: Lambda says in which Region it runs. */
export function awsLocation(): MskLocation {
  return { region: environment["AWS_REGION"], endpoint: environment["AWS_ENDPOINT_URL"] };
}

/** When an attempt began, which `onEvent` hands to every look. */
export function elapsedMs(event: CompletionEvent, nowMs: number): number {
  const startedAtMs = Number(event["startedAtMs"]);
  return Number.isFinite(startedAtMs) ? nowMs - startedAtMs : 0;
}

/** CloudFormation takes answers of 4 KiB in all, and hears nothing of longer ones. */
const reasonLengthMax = 1500;

/** Work that is told as CloudFormation shows it to people: what happened, and how to mend it. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    const line = error.line.trim();
    const reason = line.length <= reasonLengthMax ? line : `${line.slice(0, reasonLengthMax)}… and more.`;
    throw new Error(reason, { cause: error });
  }
}

/**
 * As `told`; a fault that may pass is waited for by the next look, as long as the framework looks.
 * @param mayPass which others may pass too
 */
export async function toldOrLater(
  log: Log,
  work: () => Promise<Completion>,
  mayPass: (fault: PipelineError) => boolean = () => false,
): Promise<Completion> {
  return told(async () => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PipelineError) || !(error.retriable || mayPass(error))) throw error;
      log.warn(`Not done yet: ${error.line.trim()}`);
      return { IsComplete: false };
    }
  });
}
