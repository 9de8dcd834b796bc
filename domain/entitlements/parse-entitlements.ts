import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import type { z } from "zod";
import { PipelineError } from "../errors.ts";
import { entitlementsDocument } from "./document.ts";
import type { Entitlements } from "./entitlements.ts";
import { type DocumentFault, relationFaults } from "./relations.ts";

/**
 * Reads the text of `entitlements.yaml` for a deployment with this topic prefix.
 * @throws PipelineError `badConfiguration` that names every fault at once, each with its line
 */
export function parseEntitlements(text: string, prefix: string): Entitlements {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    throw faulty(broken.map(({ pos, message }) => ({ line: lines.linePos(pos[0]).line, text: message })));
  }
  const result = entitlementsDocument.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
  const place = (faults: readonly DocumentFault[]) => faults.map((fault) => placed(fault, document, lines));
  if (!result.success) throw faulty(place(result.error.issues.flatMap((issue) => issueFaults(issue, document))));
  const entitlements = entitlementsOf(result.data);
  const faults = place(relationFaults(entitlements, prefix));
  if (faults.length > 0) throw faulty(faults);
  return entitlements;
}

function entitlementsOf({ products, customers }: z.output<typeof entitlementsDocument>): Entitlements {
  return {
    products: Object.entries(products).map(([name, { delay, ...product }]) => ({ name, ...product, delayMs: delay })),
    customers: Object.entries(customers).map(([name, customer]) => ({ name, ...customer })),
  };
}

/** One fault for each unknown key; a key that is ill-named is told by itself. */
function issueFaults(issue: z.core.$ZodIssue, document: Document.Parsed): readonly DocumentFault[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: "is unknown here" }));
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map(({ message }) => ({ path: issue.path, message }));
  }
  const isMissing = issue.code === "invalid_type" && !document.hasIn(issue.path);
  return [{ path: issue.path, message: isMissing ? "is missing" : issue.message }];
}

interface PlacedFault {
  readonly line: number;
  readonly text: string;
}

function faulty(faults: readonly PlacedFault[]): PipelineError {
  const sorted = faults.toSorted((a, b) => a.line - b.line).map(({ line, text }) => `  line ${line}: ${text}`);
  return new PipelineError(
    "badConfiguration",
    `The entitlements have faults, so that nothing was changed:\n${[...new Set(sorted)].join("\n")}\n`,
    { remedy: "Mend these lines; docs/entitlements.md explains the file." },
  );
}

function placed({ path, message }: DocumentFault, document: Document.Parsed, lines: LineCounter): PlacedFault {
  const value = document.getIn(path, true);
  const shown = isScalar(value) && typeof path.at(-1) === "number" ? ` ${JSON.stringify(value.value)}` : "";
  const where = path.filter((part) => typeof part !== "number").join(".");
  const line = lines.linePos(offsetOf(document, path)).line;
  return { line: Math.max(line, 1), text: `${where}${shown}${where === "" ? "" : ": "}${message}` };
}

/** Where the deepest part of the path begins that the document has: its key's place in a map. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      if (pair === undefined) return offset;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = isNode(pair.value) ? pair.value : null;
    } else {
      const item: unknown = document.getIn(path.slice(0, depth + 1), true);
      if (!isNode(item)) return offset;
      node = item;
      offset = node.range?.[0] ?? offset;
    }
  }
  return offset;
}
