import { z } from "zod";
import { logVariables, ruleVariables } from "../config/variables.ts";

const scalar = z.union(
  [z.string(), z.number(), z.boolean()],
  "must be text, a number, true or false, or a list of them",
);

const known = ruleVariables.extend(logVariables.pick({ LOG_LEVEL: true }).shape).strict();

/**
 * Stages' settings by the names that `--help` documents, as they go into stages' environments: text. They are parsed here by the stages' own
 * schema, so that a fault shows at synth and not on a machine that does not start.
 */
export const ruleSettings = z
  .record(z.string(), z.union([scalar, z.array(scalar)]))
  .transform((values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])))
  .superRefine((values, context) => {
    for (const issue of known.safeParse(values).error?.issues ?? []) {
      const keys = issue.code === "unrecognized_keys" ? issue.keys : null;
      if (keys === null) context.addIssue({ code: "custom", path: issue.path, message: issue.message });
      for (const key of keys ?? [])
        context.addIssue({ code: "custom", path: [key], message: "is no setting of a stage" });
    }
  });
