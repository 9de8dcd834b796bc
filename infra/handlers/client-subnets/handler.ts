import type { ResourceEvent, ResourceResponse } from "../custom-resource.ts";

export async function onEvent(event: ResourceEvent): Promise<ResourceResponse> {
  throw new Error(`${event.RequestType}: not built yet.`);
}
