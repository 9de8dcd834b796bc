import type { Cut, Outlet, ProductCut } from "../domain/products/product-cut.ts";
import type { IncomingRecord, OutgoingRecord } from "../runtime/kafka/types.ts";

/** What is to be published of some source records, in their order. */
export interface Outputs {
  readonly byTopic: Map<string, OutgoingRecord[]>;
  /** Records for buyers. */
  published: number;
  deadLettered: number;
}

export function noOutputs(): Outputs {
  return { byTopic: new Map(), published: 0, deadLettered: 0 };
}

/** Of which product, and where what cannot be read goes. */
export interface OutputContext {
  readonly product: string;
  readonly cut: ProductCut;
  readonly deadLetterTopic: string;
}

/**
 * What a product makes of `records[from, to)` of one partition. Keys and headers are the source's own, so that a buyer can tell repeats and latency. A dead letter
 * has the bytes as they came, and says why and for which product (D3).
 */
export function addOutputs(
  into: Outputs,
  { product, cut, deadLetterTopic }: OutputContext,
  partition: number,
  records: readonly IncomingRecord[],
  from: number,
  to: number,
): void {
  for (let at = from; at < to; at++) {
    const record = records[at] as IncomingRecord;
    const { key } = record;
    const made: Cut = cut(partition, key === null ? null : key.toString(), record);
    if (made === null) continue;
    const { headers } = record;
    if ("reason" in made) {
      const told = { ...headers, reason: made.reason, stage: "distributor", product };
      add(into, { topic: deadLetterTopic, partition }, key, record.value, told);
      into.deadLettered++;
      continue;
    }
    const bytes = typeof made.value === "string" ? made.value : bufferOf(made.value);
    for (const outlet of made.outlets) add(into, outlet, key, bytes, headers);
    into.published += made.outlets.length;
  }
}

function add(
  { byTopic }: Outputs,
  { topic, partition }: Outlet,
  key: Buffer | null,
  value: Buffer | string | null,
  headers: OutgoingRecord["headers"],
): void {
  const record = { partition, key, value, headers };
  const known = byTopic.get(topic);
  if (known === undefined) byTopic.set(topic, [record]);
  else known.push(record);
}

/** The same bytes, not a copy. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
