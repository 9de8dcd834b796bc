import type { Difference } from "./comparison.ts";
import { failuresOf } from "./failures.ts";
import type { AuditedPartition, VerifyReport } from "./verify.ts";

/** The report for a person: what was audited, what was found by topic, the first finding, the sums, and why it does not pass. */
export function reportText(report: VerifyReport): string {
  const lines = startLines(report.partitions);
  for (const [topic, found] of Object.entries(report.topics)) {
    const { equal, missing, duplicated, different } = found;
    lines.push(
      `${topic.padEnd(24)} equal ${equal}  missing ${missing}  duplicated ${duplicated}  different ${different}`,
    );
  }
  const [topic, found] = Object.entries(report.topics).find(([, each]) => each.first !== null) ?? [];
  const first = found?.first;
  if (first != null) {
    lines.push(`first: ${first.kind} in ${topic} partition ${first.partition} ${whereText(first)}`);
    lines.push(`  expected  ${first.expected ?? "nothing"}`, `  published ${first.published ?? "nothing"}`);
  }
  const { equal, missing, duplicated, different } = report;
  lines.push(
    `${report.rawRecords} raw records folded: ${equal} equal, ${missing} missing, ${duplicated} duplicated, ${different} different`,
  );
  lines.push(...failuresOf(report).map((failure) => `failed: ${failure}`));
  return `${lines.join("\n")}\n`;
}

function whereText({ offset, index, publishedOffset, part }: Difference): string {
  if (offset === null) return `at the topic's own offset ${publishedOffset}: it bears no place of a raw record`;
  return `at raw offset ${offset}, output ${index}${part === null ? "" : `: ${part}`}`;
}

/** One line where all was audited from the log's beginning; else one for each partition. */
function startLines(partitions: readonly AuditedPartition[]): string[] {
  const isWhole = ({ start, comparedFrom }: AuditedPartition) =>
    start.kind === "beginning" && Object.keys(comparedFrom).length === 0;
  if (partitions.every(isWhole)) return ["from the raw log's beginning"];
  return partitions.map((audited) => {
    const parts = [startText(audited), ...Object.entries(audited.comparedFrom).map(shorterText)];
    return `partition ${audited.partition}: ${parts.join("; ")}`;
  });
}

function startText({ start, to }: AuditedPartition): string {
  switch (start.kind) {
    case "beginning":
      return `from the raw log's beginning to offset ${to}`;
    case "session":
      return `from the snapshot of session ${start.sessionDate} at raw offset ${start.offset} to ${to}`;
    case "nothingKept":
      return `nothing audited: no raw record before offset ${to} is kept`;
    case "notCommitted":
      return "nothing audited: the enricher has committed no offset";
    case "offsetLost":
      return "nothing audited: the enricher has committed no offset, though there are outputs";
    default:
      return start.kind satisfies never;
  }
}

function shorterText([topic, from]: readonly [string, number | null]): string {
  return from === null ? `${topic} not compared, no record is kept` : `${topic} compared from raw offset ${from}`;
}
