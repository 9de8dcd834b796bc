import { readFileSync } from "node:fs";
import { Client } from "@opensearch-project/opensearch";

/**
 * What the indexer is measured against: the same client sends bodies that are ready in memory, and looks at each document's status, no more. For
 * `npm run bench -- indexer`; arguments are OpenSearch's URL, a file of a bulk body, the documents of a request, and the requests at a time.
 */
const [node = "", file = "", documents = "5000", atOnce = "2"] = process.argv.slice(2);
const request = { method: "POST", path: "/_bulk", querystring: "filter_path=items.*.status" };
const client = new Client({ node, maxRetries: 0 });
const bodies = bodiesOf(readFileSync(file), Number(documents));

process.once("message", () =>
  run().catch((error: unknown) => {
    // The bench that was cut off has taken its servers along.
    if (process.connected) throw error;
  }),
);

async function run(): Promise<void> {
  await Promise.all(Array.from({ length: Number(atOnce) }, sendOn));
}

async function sendOn(): Promise<void> {
  for (let body = bodies.shift(); body !== undefined; body = bodies.shift()) {
    const answer = await client.transport.request({ ...request, bulkBody: body });
    const items: readonly { readonly index: { readonly status: number } }[] = answer.body.items;
    const bad = items.find(({ index }) => index.status !== 201);
    if (bad !== undefined) throw new Error(`OpenSearch answered ${JSON.stringify(bad)}`);
  }
}

/** Cuts a body of many documents, two lines each. */
function bodiesOf(bytes: Buffer, documentsOfOne: number): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    lines += 1;
    if (lines % (2 * documentsOfOne) !== 0 && at + 1 < bytes.length) continue;
    parts.push(bytes.subarray(start, at + 1));
    start = at + 1;
  }
  return parts;
}
