import { z } from "zod";
import { alignedColumns } from "../domain/aligned-columns.ts";

/** The environment variables of a schema as help text: each with what it does, the words that it takes, and its default. */
export function environmentHelp(variables: z.ZodObject, title = "Environment"): string {
  const rows = Object.entries(variables.shape).map(([name, schema]) => {
    const type = schema as z.ZodType;
    const notes = [choicesOf(type), defaultOf(type)].filter((note) => note !== "").join("; ");
    return [`  ${name}`, notes === "" ? descriptionOf(type) : `${descriptionOf(type)} (${notes})`];
  });
  return `\n${title}:\n${alignedColumns(rows, 2).join("\n")}\n`;
}

/** What was said of it, also where a command has made it optional since. */
function descriptionOf(type: z.ZodType): string {
  if (type.description !== undefined) return type.description;
  return type instanceof z.ZodDefault || type instanceof z.ZodOptional ? descriptionOf(type.unwrap() as z.ZodType) : "";
}

/** The words that an enumeration takes. */
function choicesOf(type: z.ZodType): string {
  if (type instanceof z.ZodDefault || type instanceof z.ZodOptional) return choicesOf(type.unwrap() as z.ZodType);
  if (type instanceof z.ZodPipe) return choicesOf(type.in as z.ZodType);
  return type instanceof z.ZodEnum ? `${type.options.slice(0, -1).join(", ")} or ${type.options.at(-1)}` : "";
}

function defaultOf(type: z.ZodType): string {
  const unset = type.safeParse(undefined);
  if (!unset.success) return "required";
  return unset.data === undefined ? "" : `default: ${textOf(unset.data)}`;
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(",") || "none" : String(value);
}
