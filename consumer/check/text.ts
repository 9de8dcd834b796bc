import type { CheckResult } from "./step.ts";

const marks: Readonly<Record<CheckResult["outcome"], string>> = {
  ok: "ok      ",
  warning: "warning ",
  failed: "FAILED  ",
  skipped: "skipped ",
};

/** One step as lines for people, what to mend below it. */
export function checkText({ step, outcome, found, remedy = [] }: CheckResult): string {
  const lines = [`${marks[outcome]} ${step}: ${found}`, ...remedy.map((text) => `           - ${text}`)];
  return `${lines.join("\n")}\n`;
}
