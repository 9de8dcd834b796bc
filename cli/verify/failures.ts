import type { VerifyReport } from "./verify.ts";

/** Why an audit does not pass, a sentence each; none where it does. One that has looked at nothing must not pass for one that has found nothing. */
export function failuresOf(report: VerifyReport): readonly string[] {
  const failures: string[] = [];
  const { missing, duplicated, different, rawRecords, partitions } = report;
  if (missing + duplicated + different > 0) failures.push("What was published is not what the raw log gives.");
  if (rawRecords === 0) {
    failures.push("Nothing was audited: no raw record that the enricher has folded is kept.");
  }
  const lost = partitions.filter(({ start }) => start.kind === "offsetLost").map(({ partition }) => partition);
  if (lost.length > 0) {
    failures.push(`The enricher's committed offset is lost of partition ${lost.join(", ")}, which has outputs.`);
  }
  return failures;
}
