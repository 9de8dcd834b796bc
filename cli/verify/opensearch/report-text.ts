import { alignedColumns } from "../../../domain/aligned-columns.ts";
import { openSearchFailures } from "./failures.ts";
import type { Finding, IndexFindings, NotJudged, OpenSearchReport } from "./report.ts";

/** The report for a person: a table of the indices, what was not judged, the first finding of each sort, the sums, and why it does not pass. */
export function openSearchReportText(report: OpenSearchReport): string {
  const lines = [...tableOf(report.indices), ...notJudgedLines(report.notJudged)];
  if (report.notCommitted.length > 0) {
    const names = report.notCommitted.map(({ topic, partition }) => `${topic}/${partition}`).join(", ");
    lines.push(`the indexer has committed nothing of: ${names}`);
  }
  for (const sort of ["missing", "unexpected", "different"] as const) {
    const first = report.first[sort];
    if (first !== undefined) lines.push(...findingLines(sort, first));
  }
  const { onTopics, equal, missing, unexpected, different, sampled } = report;
  const compared = sampled === null ? "" : `, ${sampled} compared one by one`;
  lines.push(
    `${onTopics} documents on the topics${compared}: ${equal} equal, ${missing} missing, ${unexpected} unexpected, ${different} different`,
  );
  lines.push(...openSearchFailures(report).map((failure) => `failed: ${failure}`));
  if (missing > 0) lines.push("to mend it: `bellwether index --from beginning` stores again what is missing");
  return `${lines.join("\n")}\n`;
}

function tableOf(indices: readonly IndexFindings[]): readonly string[] {
  const head = ["index", "on topics", "stored", "equal", "missing", "unexpected", "different"];
  const rows = indices.map(({ index, onTopics, stored, equal, missing, unexpected, different }) =>
    [index === "" ? "(no document)" : index, onTopics, stored, equal, missing, unexpected, different].map(String),
  );
  return alignedColumns([head, ...rows], 1);
}

const notJudgedTexts: Readonly<Record<keyof NotJudged, string>> = {
  ahead: "not indexed yet",
  deadLettered: "dead-lettered instead of stored",
  pastRetention: "of days past the retention",
  older: "stored, older than the topics",
  otherLogs: "stored, of another raw log",
  changing: "written or deleted meanwhile",
};

function notJudgedLines(notJudged: NotJudged): readonly string[] {
  return Object.entries(notJudgedTexts)
    .map(([name, text]) => ({ text, count: notJudged[name as keyof NotJudged] }))
    .filter(({ count }) => count > 0)
    .map(({ text, count }) => `not judged: ${count} ${text}`);
}

function findingLines(sort: string, finding: Finding): readonly string[] {
  const { index, id, place, expected, expectedVersion, stored, storedVersion } = finding;
  const at = place === null ? "" : ` from ${place.topic}/${place.partition} offset ${place.offset}`;
  return [
    `first ${sort}: ${index === "" ? "record" : `${index}/${id}`}${at}`,
    `  on topic  ${expected === null ? "nothing" : `version ${expectedVersion} ${expected}`}`,
    `  stored    ${stored === null ? "nothing" : `version ${storedVersion} ${stored}`}`,
  ];
}
