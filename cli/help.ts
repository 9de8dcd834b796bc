import type { z } from "zod";

/** The environment variables of a schema as help text: each with what it does and its default. */
export function environmentHelp(variables: z.ZodObject): string {
  const rows = Object.entries(variables.shape).map(([name, schema]) => {
    const type = schema as z.ZodType;
    const unset = type.safeParse(undefined);
    const shown = unset.success ? (unset.data === undefined ? "" : ` (default: ${textOf(unset.data)})`) : " (required)";
    return `  ${name.padEnd(28)} ${type.description ?? ""}${shown}`;
  });
  return `\nEnvironment:\n${rows.join("\n")}\n`;
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(",") || "none" : String(value);
}
