import { expect, it } from "vitest";
import type { OpenSearchReport } from "../../../../cli/verify/opensearch/report.ts";
import { openSearchReportText } from "../../../../cli/verify/opensearch/report-text.ts";

const report: OpenSearchReport = {
  indices: [
    { index: "market-quotes-2018.01.03", onTopics: 10, stored: 10, equal: 9, missing: 1, unexpected: 1, different: 0 },
  ],
  ...{ onTopics: 10, equal: 9, missing: 1, unexpected: 1, different: 0 },
  notJudged: { ahead: 3, deadLettered: 0, pastRetention: 0, older: 0, otherLogs: 0, changing: 0 },
  first: {
    missing: {
      ...{ index: "market-quotes-2018.01.03", id: "LOG-3-41-0", expectedVersion: 1, expected: '{"type":"quote"}' },
      place: { topic: "market.enriched", partition: 3, offset: 44 },
      ...{ storedVersion: null, stored: null },
    },
  },
  sampled: null,
  notCommitted: [{ topic: "market.alerts", partition: 2 }],
};

it("the report shows each index, what was not judged and why, the first of each sort, the sums, and why it fails", () => {
  expect(openSearchReportText(report)).toBe(
    `
index                     on topics  stored  equal  missing  unexpected  different
market-quotes-2018.01.03         10      10      9        1           1          0
not judged: 3 not indexed yet
the indexer has committed nothing of: market.alerts/2
first missing: market-quotes-2018.01.03/LOG-3-41-0 from market.enriched/3 offset 44
  on topic  version 1 {"type":"quote"}
  stored    nothing
10 documents on the topics: 9 equal, 1 missing, 1 unexpected, 0 different
failed: What is stored is not what the topics hold.
to mend it: \`bellwether index --from beginning\` stores again what is missing
`.slice(1),
  );
});

it("an audit that has compared nothing does not pass, nor a sample that is empty", () => {
  const nothing = { ...report, indices: [], onTopics: 0, equal: 0, missing: 0, unexpected: 0, first: {} };
  expect(openSearchReportText(nothing)).toContain("failed: Nothing was compared");
  const sample = { ...report, equal: 0, missing: 0, unexpected: 0, sampled: 0 };
  expect(openSearchReportText(sample)).toContain("0 compared one by one");
  expect(openSearchReportText(sample)).toContain("failed: Nothing was compared: the sample is too small.");
});
