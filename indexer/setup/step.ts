import type { OpenSearchRequest } from "../../runtime/opensearch/types.ts";

/** One thing that `index setup` changes, as data: a plan shows it, and `carryOut` sends its requests. */
export interface Step {
  readonly change: "create" | "update" | "compress" | "merge" | "delete";
  /** What is changed: "index template market-quotes". */
  readonly subject: string;
  /** What is different in it, a line each; empty where the change says it all. */
  readonly details: readonly string[];
  /** Sent one after the other; after a failure only those that put right what the others began. */
  readonly requests: readonly (OpenSearchRequest & { readonly evenAfterFailure?: boolean })[];
}

/** What is to be done, and what a person should know though nothing can be done about it. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
}

/** Several plans as one, in their order. */
export function joinPlans(plans: readonly Plan[]): Plan {
  return { steps: plans.flatMap(({ steps }) => steps), notes: plans.flatMap(({ notes }) => notes) };
}

const detailsShownMax = 12;

/** A step as lines for a person. */
export function stepText({ change, subject, details }: Step): string {
  const shown = details.slice(0, detailsShownMax).map((detail) => `    ${detail}\n`);
  const more = details.length - shown.length;
  return `${change} ${subject}\n${shown.join("")}${more > 0 ? `    and ${more} more\n` : ""}`;
}
