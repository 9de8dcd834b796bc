import { z } from "zod";

/** The environment variables of a schema as help text: each with what it does and its default. */
export function environmentHelp(variables: z.ZodObject): string {
  const rows = Object.entries(variables.shape).map(([name, schema]) => {
    const type = schema as z.ZodType;
    const unset = type.safeParse(undefined);
    const shown = unset.success ? (unset.data === undefined ? "" : ` (default: ${textOf(unset.data)})`) : " (required)";
    return `  ${name.padEnd(28)} ${descriptionOf(type)}${choicesOf(type)}${shown}`;
  });
  return `\nEnvironment:\n${rows.join("\n")}\n`;
}

/** What was said of it, also where a command has made it optional since. */
function descriptionOf(type: z.ZodType): string {
  if (type.description !== undefined) return type.description;
  return type instanceof z.ZodDefault || type instanceof z.ZodOptional ? descriptionOf(type.unwrap() as z.ZodType) : "";
}

/** The words that an enumeration takes. */
function choicesOf(type: z.ZodType): string {
  if (type instanceof z.ZodDefault || type instanceof z.ZodOptional) return choicesOf(type.unwrap() as z.ZodType);
  return type instanceof z.ZodEnum ? `: ${type.options.join(" or ")}` : "";
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(",") || "none" : String(value);
}
