import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { DocumentSpill } from "../../../../cli/verify/opensearch/document-spill.ts";
import { type DocumentEntries, type Entry, entryStates } from "../../../../cli/verify/opensearch/entry.ts";

const place = fc.record({
  topic: fc.constantFrom("market.enriched", "market.dead-letter"),
  partition: fc.nat(11),
  offset: fc.maxSafeNat(),
});
const entries = fc.array(
  fc.record({
    state: fc.constantFrom(...entryStates),
    index: fc.constantFrom("market-quotes-2018.01.03", "market-quotes-2018.01.04", ""),
    id: fc.oneof(
      fc.constantFrom("LOGidLOGidLOGidLOGid00-3-41-0", "LOGidLOGidLOGidLOGid00-3-42-0"),
      fc.string({ unit: "binary" }),
    ),
    version: fc.nat(),
    digest: fc.option(fc.string()),
    place: fc.option(place),
  }),
);

it("every document comes once, with all that was added of it, whatever its id and the number of files", async () => {
  await fc.assert(
    fc.asyncProperty(entries, fc.constantFrom(1, 500_000), async (added, expected) => {
      const spill = await DocumentSpill.open(expected);
      for (const entry of added) await spill.add([entry]);
      const found: DocumentEntries[] = [];
      for await (const documents of spill.documents()) found.push(...documents);
      await spill.close();
      const keys = found.map(({ index, id }) => JSON.stringify([index, id]));
      expect(new Set(keys).size).toBe(keys.length);
      for (const { index, id, published, stored } of found) {
        const own = added.filter((entry) => entry.index === index && entry.id === id);
        expect(published).toEqual(own.filter(({ state }) => state !== "stored"));
        expect(stored).toEqual(own.filter(({ state }) => state === "stored").at(-1) ?? null);
      }
      expect(new Set(keys)).toEqual(new Set(added.map(({ index, id }) => JSON.stringify([index, id]))));
    }),
    { numRuns: 50 },
  );
});

it("more than is held in memory goes to files, which are gone at the end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bellwether-spill-test-"));
  const spill = await DocumentSpill.open(300_000, folder);
  const large: Entry = { state: "due", index: "", id: "x".repeat(1_000_000), version: 1, digest: null, place: null };
  for (let n = 0; n < 20; n++) await spill.add([{ ...large, id: large.id + n }]);
  let documents = 0;
  for await (const bucket of spill.documents()) documents += bucket.length;
  expect(documents).toBe(20);
  await spill.close();
  expect(readdirSync(folder)).toEqual([]);
  rmdirSync(folder);
});
