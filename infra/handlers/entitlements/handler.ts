import type { Completion, CompletionEvent, ResourceEvent, ResourceResponse } from "../custom-resource.ts";

export async function onEvent(event: ResourceEvent): Promise<ResourceResponse> {
  throw new Error(`${event.RequestType}: not built yet.`);
}

export async function isComplete(event: CompletionEvent): Promise<Completion> {
  throw new Error(`${event.RequestType}: not built yet.`);
}
