import { expect, it } from "vitest";
import type { Difference } from "../../../cli/verify/comparison.ts";
import { reportText } from "../../../cli/verify/report-text.ts";
import type { AuditedPartition, VerifyReport } from "../../../cli/verify/verify.ts";

const audited = (partition: number, other: Partial<AuditedPartition> = {}): AuditedPartition => ({
  partition,
  start: { kind: "beginning", offset: 0, sessionDate: null },
  to: 90,
  comparedFrom: {},
  ...other,
});

const report = (partitions: readonly AuditedPartition[]): VerifyReport => ({
  rawRecords: 90,
  topics: { "market.enriched": { equal: 80, missing: 0, duplicated: 0, different: 0, first: null } },
  equal: 80,
  missing: 0,
  duplicated: 0,
  different: 0,
  partitions,
});

it("tells in one line that all was audited from the beginning, then what was found", () => {
  expect(reportText(report([audited(0), audited(1)])).split("\n")).toEqual([
    "from the raw log's beginning",
    "market.enriched          equal 80  missing 0  duplicated 0  different 0",
    "90 raw records folded: 80 equal, 0 missing, 0 duplicated, 0 different",
    "",
  ]);
});

it("tells each partition's start where one began elsewhere, and what was not compared", () => {
  const text = reportText(
    report([
      audited(0),
      audited(1, {
        start: { kind: "session", offset: 50, sessionDate: "2018-01-04" },
        comparedFrom: { "market.enriched": 60, "market.alerts": null },
      }),
      audited(2, { start: { kind: "nothingKept", offset: 90, sessionDate: null } }),
      audited(3, { start: { kind: "notCommitted", offset: 0, sessionDate: null }, to: 0 }),
      audited(4, { start: { kind: "offsetLost", offset: 0, sessionDate: null }, to: 0 }),
    ]),
  );
  expect(text.split("\n").slice(0, 5)).toEqual([
    "partition 0: from the raw log's beginning to offset 90",
    "partition 1: from the snapshot of session 2018-01-04 at raw offset 50 to 90; market.enriched compared from raw offset 60; market.alerts not compared, no record is kept",
    "partition 2: nothing audited: no raw record before offset 90 is kept",
    "partition 3: nothing audited: the enricher has committed no offset",
    "partition 4: nothing audited: the enricher has committed no offset, though there are outputs",
  ]);
});

it.each<[string, Partial<Difference>, string]>([
  [
    "a missing record",
    { kind: "missing" },
    "missing in market.enriched partition 3 at raw offset 7, output 1\n  expected  {}\n  published nothing\n",
  ],
  [
    "a header that is another",
    { part: "header reason", publishedOffset: 12, expected: "notJson", published: "badPrice" },
    "different in market.enriched partition 3 at raw offset 7, output 1: header reason\n  expected  notJson\n  published badPrice\n",
  ],
  [
    "what bears no place",
    { offset: null, index: null, publishedOffset: 12, expected: null, published: "whose?" },
    "different in market.enriched partition 3 at the topic's own offset 12: it bears no place of a raw record\n  expected  nothing\n  published whose?\n",
  ],
])("shows the first finding with both sides: %s", (_, finding, shown) => {
  const first: Difference = {
    kind: "different",
    partition: 3,
    offset: 7,
    index: 1,
    publishedOffset: null,
    part: null,
    expected: "{}",
    published: null,
    ...finding,
  };
  const found = { "market.enriched": { equal: 79, missing: 0, duplicated: 0, different: 1, first } };
  expect(reportText({ ...report([audited(0)]), topics: found, different: 1 })).toContain(`first: ${shown}`);
});
