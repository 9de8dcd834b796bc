/** Every operating fault that Bellwether can meet; programs match on the code, never on a message's text. */
export type PipelineErrorCode =
  | "badConfiguration"
  | "missingTool"
  | "downloadFailed"
  | "portInUse"
  | "serverFailed"
  | "stageFailed"
  | "diskFull"
  | "recordingUnreadable"
  | "kafkaUnreachable"
  | "kafkaAuthentication"
  | "kafkaAuthorization"
  | "kafkaFenced"
  | "kafkaTopic"
  | "kafkaFailed"
  | "openSearchUnreachable"
  | "openSearchRejected"
  | "alpacaUnreachable"
  | "alpacaAuthentication"
  | "alpacaSymbolLimit"
  | "alpacaProtocol"
  | "unknownSymbol"
  | "unknownCalendar"
  | "missingColumn"
  | "secretUnavailable";

export interface PipelineErrorOptions {
  /** What the reader can do to mend it: one imperative sentence. */
  readonly remedy?: string;
  /** True where the same call may succeed later with nothing changed. Default: false. */
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

/**
 * An operating fault: the world outside is not as it must be (a broker that is down, a port that is taken).
 * Bad records are not errors but values (`RejectReason`), and a programmer's fault is an assertion.
 */
export class PipelineError extends Error {
  readonly code: PipelineErrorCode;
  readonly retriable: boolean;
  readonly remedy: string | undefined;

  constructor(code: PipelineErrorCode, message: string, options: PipelineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "PipelineError";
    this.code = code;
    this.retriable = options.retriable ?? false;
    this.remedy = options.remedy;
  }

  /** One line for a person: what happened and how to mend it. */
  get line(): string {
    if (this.remedy === undefined) return this.message;
    return this.message.endsWith("\n") ? this.message + this.remedy : `${this.message} ${this.remedy}`;
  }
}
