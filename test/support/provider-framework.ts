import type {
  Completion,
  CompletionEvent,
  ResourceEvent,
  ResourceResponse,
} from "../../infra/handlers/custom-resource.ts";

interface Handler {
  readonly onEvent: (event: ResourceEvent) => Promise<ResourceResponse>;
  readonly isComplete?: (event: CompletionEvent) => Promise<Completion>;
}

/** What CloudFormation asks. Properties are text, as it makes them. */
export interface Asked {
  readonly type: "Create" | "Update" | "Delete";
  readonly properties: Readonly<Record<string, unknown>>;
  readonly physicalResourceId?: string;
}

export interface RunOptions {
  /** How many looks the time is enough for; more is the framework's own time-out. */
  readonly looksMax?: number;
  /** What each look is told of when the first was, in minutes before it. */
  readonly agoMinutes?: number;
}

/** What came back: as CloudFormation hears it. */
export interface ResourceResult {
  readonly physicalResourceId: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  readonly looks: number;
}

/**
 * Calls a handler as the provider framework of CDK does: `onEvent` once, then `isComplete` with its answer mixed in until that is true. A fault is what the
 * deployment fails with.
 */
export async function runResource(handler: Handler, asked: Asked, options: RunOptions = {}): Promise<ResourceResult> {
  const { looksMax = 50, agoMinutes = 0 } = options;
  const event = eventOf(asked);
  const response = await handler.onEvent(event);
  const physicalResourceId = response.PhysicalResourceId ?? asked.physicalResourceId;
  if (handler.isComplete === undefined) return { physicalResourceId, data: response.Data ?? {}, looks: 0 };
  const startedAtMs = Number(response["startedAtMs"]) - agoMinutes * 60_000;
  // What is passed on goes through JSON.
  const merged = JSON.parse(
    JSON.stringify({ ...event, ...response, PhysicalResourceId: physicalResourceId, startedAtMs }),
  );
  for (let looks = 1; looks <= looksMax; looks++) {
    const completion = await handler.isComplete(merged as CompletionEvent);
    if (completion.IsComplete) return { physicalResourceId, data: { ...response.Data, ...completion.Data }, looks };
  }
  throw new Error("Operation timed out");
}

function eventOf({ type, properties, physicalResourceId = "before" }: Asked): ResourceEvent {
  const common = {
    ServiceToken: "arn:aws:lambda:us-east-1:111122223333:function:framework",
    ResponseURL: "https://pre-signed.example/",
    StackId: "arn:aws:cloudformation:us-east-1:111122223333:stack/bellwether/1",
    RequestId: "1",
    LogicalResourceId: "Resource",
    ResourceType: "Custom::Thing",
    ResourceProperties: { ServiceToken: "…", ...properties },
  };
  if (type === "Create") return { ...common, RequestType: type };
  if (type === "Delete") return { ...common, RequestType: type, PhysicalResourceId: physicalResourceId };
  const OldResourceProperties = common.ResourceProperties;
  return { ...common, RequestType: type, PhysicalResourceId: physicalResourceId, OldResourceProperties };
}
