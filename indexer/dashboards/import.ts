import { z } from "zod";
import { PipelineError } from "../../domain/errors.ts";
import { differences } from "../setup/differences.ts";
import type { DashboardsClient } from "./dashboards-client.ts";
import { ndjson, type SavedObject } from "./saved-object.ts";

/** An object that OpenSearch Dashboards lacks, or has otherwise. */
export interface ObjectChange {
  readonly object: SavedObject;
  readonly change: "create" | "update";
  /** What is different in it, a line each. */
  readonly details: readonly string[];
}

/** The objects that an import would make or replace. @throws PipelineError */
export async function changedObjects(
  objects: readonly SavedObject[],
  client: DashboardsClient,
): Promise<readonly ObjectChange[]> {
  const asked = Buffer.from(JSON.stringify(objects.map(({ type, id }) => ({ type, id }))));
  const answer = found.parse(await client.post("/api/saved_objects/_bulk_get", asked, "application/json"));
  const there = new Map(answer.saved_objects.map((object) => [`${object.type}/${object.id}`, object]));
  return objects.flatMap((object): readonly ObjectChange[] => {
    const { type, id, attributes, references } = object;
    const has = there.get(`${type}/${id}`);
    if (has === undefined || has.error !== undefined) return [{ object, change: "create", details: [] }];
    const details = differences({ attributes, references }, has, { mayHaveMore: true });
    return details.length === 0 ? [] : [{ object, change: "update", details }];
  });
}

/** Imports the objects, replacing what bears their ids. @throws PipelineError `openSearchRejected` where any is refused */
export async function importObjects(objects: readonly SavedObject[], client: DashboardsClient): Promise<void> {
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="bellwether.ndjson"\r\ncontent-type: application/ndjson\r\n\r\n`;
  const body = Buffer.from(`${head}${ndjson(objects)}\r\n--${boundary}--\r\n`);
  const type = `multipart/form-data; boundary=${boundary}`;
  const answer = imported.parse(await client.post("/api/saved_objects/_import?overwrite=true", body, type));
  if (answer.success) return;
  const refused = (answer.errors ?? []).map(({ type: kind, id, error }) => `${kind} ${id}: ${error.type}`);
  throw new PipelineError(
    "openSearchRejected",
    `OpenSearch Dashboards at ${client.url} took ${answer.successCount} of ${objects.length} objects (${refused.join("; ")}).`,
    { remedy: "Check that it is OpenSearch Dashboards 1.0 or later, and look at its log." },
  );
}

const boundary = "bellwether-saved-objects";

const found = z.object({
  saved_objects: z.array(
    z.object({
      type: z.string(),
      id: z.string(),
      attributes: z.record(z.string(), z.unknown()).optional(),
      references: z.array(z.unknown()).optional(),
      error: z.unknown().optional(),
    }),
  ),
});
const imported = z.object({
  success: z.boolean(),
  successCount: z.number(),
  errors: z
    .array(z.object({ type: z.string(), id: z.string(), error: z.looseObject({ type: z.string() }) }))
    .optional(),
});
