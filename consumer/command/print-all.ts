import type { FeedRecord } from "../feed-record.ts";
import type { FeedStream } from "../feed-stream.ts";
import type { Printer } from "./printer.ts";
import type { Tally } from "./tally.ts";

/**
 * Prints and counts what a stream gives, up to so many records. What comes behind the last of them is not done: a group goes on there.
 * Where none are wanted nothing is read, for whatever is read counts as done.
 */
export async function printAll(
  stream: Pick<FeedStream<FeedRecord>, "batches" | "done">,
  printer: Printer | null,
  tally: Tally,
  count: number,
): Promise<void> {
  if (tally.records >= count) return;
  for await (const batch of stream.batches()) {
    const records = batch.records.slice(0, count - tally.records);
    await printer?.print(records);
    tally.add(records);
    const last = records.at(-1);
    if (tally.records >= count && last !== undefined) {
      stream.done(last);
      return;
    }
  }
}
