import type { IndexDocument } from "./document.ts";

type Written = Pick<IndexDocument, "value" | "tail">;

/** A document's action line of a bulk body, in ASCII: replace, unless the same or a later version is there (D4). */
export function actionLine({ index, id, version }: Pick<IndexDocument, "index" | "id" | "version">): string {
  return `{"index":{"_index":"${index}","_id":"${escaped(id)}","version":${version},"version_type":"external"}}\n`;
}

/** Bytes of a document in a bulk body. */
export function bulkBytes(document: Written, action: string): number {
  return action.length + valueBytes(document) + document.tail.length + 1;
}

/** Writes a document with its action line; there must be room for its `bulkBytes`. Returns where it ends. */
export function writeDocument(into: Buffer, start: number, action: string, document: Written): number {
  const { value, tail } = document;
  let at = start + into.write(action, start, "latin1");
  at += value.copy(into, at, 0, valueBytes(document));
  if (tail !== "") at += into.write(tail, at, "latin1");
  into[at] = lineFeed;
  return at + 1;
}

/** A bulk body of its own: for each document its action line and its bytes as they are, each ended by a line feed. */
export function bulkBody(
  items: readonly { readonly document: Written; readonly action: string; readonly bytes: number }[],
): Buffer {
  const body = Buffer.allocUnsafe(items.reduce((sum, { bytes }) => sum + bytes, 0));
  let at = 0;
  for (const { document, action } of items) at = writeDocument(body, at, action, document);
  return body;
}

/** The tail stands in place of the closing brace. */
function valueBytes({ value, tail }: Written): number {
  return tail === "" ? value.length : value.length - 1;
}

const lineFeed = 0x0a;
const plain = /^[\w.:-]*$/;

/** As within the quotes of JSON, with what is not ASCII as `\u` and four digits: a line's length is its bytes. */
function escaped(id: string): string {
  if (plain.test(id)) return id;
  return JSON.stringify(id)
    .slice(1, -1)
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
