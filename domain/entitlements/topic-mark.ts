import type { AclBinding } from "./acl-binding.ts";
import type { Product, ProductTopic } from "./entitlements.ts";
import { productKinds } from "./record-types.ts";

/**
 * What a topic's records show. It stands beside the topic as a right of nobody: its principal is of a type that no login has, so that the right
 * gives nothing, only an administrator can write it, and it is read with the other rights.
 */
interface Holding {
  readonly symbols: string;
  readonly kinds: string;
  readonly columns: string;
  readonly delayMs: string;
  readonly shape: string;
}

/** How often the `distribute` stage looks at the marks of the topics that it writes. */
export const markCheckMs = 5000;

const markType = "Holds:";
/** A principal is a string of Kafka's protocol: 32,767 bytes at most. */
const listLengthMax = 12_000;

/** The mark of one of a product's own topics: the same text for the same records. */
export function topicMark(product: Product, { topic, symbol }: ProductTopic): AclBinding {
  const { kinds, columns, delayMs, shape } = product;
  const symbols = symbol === null ? product.symbols : [symbol];
  const principal = `${markType}symbols=${listText(symbols)};kinds=${listText(productKinds.filter((kind) => kinds.includes(kind)))};columns=${listText(columns)};delayMs=${delayMs};shape=${shape}`;
  const [host, resource, pattern] = ["*", "topic", "literal"];
  return { principal, host, resource, name: topic, pattern, operation: "describe", permission: "allow" };
}

/** True for a right that says what a topic holds, and gives nobody anything. */
export function isTopicMark({ principal }: AclBinding): boolean {
  return principal.startsWith(markType);
}

/** What the mark says, for people. */
export function markText({ principal, name }: AclBinding): string {
  return `topic ${name} holds ${principal.slice(markType.length).replaceAll(";", ", ")}`;
}

/** True where readers of the one mark's records may see all that stands on a topic with the other: nothing was sold more narrowly since. */
export function showsAllOf(now: AclBinding, before: AclBinding): boolean {
  const [wide, narrow] = [holdingOf(now), holdingOf(before)];
  const { symbols, kinds, columns, delayMs, shape } = wide;
  return (
    hasAll(symbols, narrow.symbols) &&
    hasAll(kinds, narrow.kinds) &&
    hasAll(columns, narrow.columns) &&
    Number(delayMs) <= Number(narrow.delayMs) &&
    shape === narrow.shape
  );
}

function holdingOf({ principal }: AclBinding): Holding {
  const parts = Object.fromEntries(
    principal
      .slice(markType.length)
      .split(";")
      .map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]),
  );
  const part = (name: keyof Holding): string => parts[name] ?? "?";
  const [symbols, kinds, columns] = [part("symbols"), part("kinds"), part("columns")];
  return { symbols, kinds, columns, delayMs: part("delayMs"), shape: part("shape") };
}

/** A list that is only known by its digest has what is the very same, and nothing else that could be told. */
function hasAll(wide: string, narrow: string): boolean {
  if (wide === "*" || wide === narrow) return true;
  if (narrow === "*" || narrow.startsWith("#") || wide.startsWith("#")) return false;
  const has = new Set(wide.split(","));
  return narrow.split(",").every((item) => has.has(item));
}

function listText(items: "*" | readonly string[]): string {
  if (items === "*") return "*";
  const text = items.toSorted().join(",");
  return text.length <= listLengthMax ? text : `#${digest(text)}`;
}

/** FNV-1a of 64 bits: whoever writes the file can trust it, so that nothing stronger is needed. */
function digest(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16);
}
