import type { OpenSearchReport } from "./report.ts";

/** Why the audit of OpenSearch does not pass, a sentence each; none where it does. One that has compared nothing must not pass for one that has found nothing. */
export function openSearchFailures(report: OpenSearchReport): readonly string[] {
  const { missing, unexpected, different, onTopics, sampled } = report;
  const failures: string[] = [];
  if (missing + unexpected + different > 0) failures.push("What is stored is not what the topics hold.");
  if (onTopics === 0) failures.push("Nothing was compared: no record that the indexer has committed is kept.");
  else if (sampled === 0) failures.push("Nothing was compared: the sample is too small.");
  return failures;
}
