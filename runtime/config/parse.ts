import type { z } from "zod";
import { PipelineError } from "../../domain/errors.ts";
import type { Environment } from "./environment.ts";

/**
 * Parses the environment by a schema whose keys are variable names. Blank variables count as unset.
 * @throws PipelineError `badConfiguration` that names every fault at once, and never shows a value
 */
export function parseConfig<Schema extends z.ZodType>(schema: Schema, from: Environment): Readonly<z.output<Schema>> {
  const set = Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined && value !== ""));
  const result = schema.safeParse(set);
  if (result.success) return Object.freeze(result.data);
  const faults = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? "configuration");
    return `  ${name}: ${set[name] === undefined && issue.code === "invalid_type" ? "is not set" : issue.message}`;
  });
  throw new PipelineError("badConfiguration", `The configuration has faults:\n${[...new Set(faults)].join("\n")}\n`, {
    remedy: "Set these environment variables and start again; `bellwether <command> --help` explains each.",
  });
}
