import type { IndexDocument } from "./document.ts";

/** A document's bytes in a bulk body. */
export function bulkBytes(document: IndexDocument): number {
  return bytesOf(document, escaped(document.id));
}

/**
 * Writes a document as a bulk body wants it: an action line in ASCII (replace, unless the same or a later version is there, D4), and its bytes as they
 * are, each ended by a line feed. Returns where it ends; -1 where there is no room for it.
 */
export function writeDocument(into: Buffer, start: number, document: IndexDocument): number {
  const { value, tail } = document;
  const head = headOf(document.index);
  const id = escaped(document.id);
  if (start + bytesOf(document, id) > into.length) return -1;
  let at = start + head.copy(into, start);
  at += into.write(id, at, "latin1");
  at += versionEnd(document.version).copy(into, at);
  at += value.copy(into, at, 0, valueBytes(document));
  if (tail !== "") at += into.write(tail, at, "latin1");
  into[at] = lineFeed;
  return at + 1;
}

/** A bulk body of its own. */
export function bulkBody(documents: readonly IndexDocument[]): Buffer {
  const body = Buffer.allocUnsafe(documents.reduce((sum, document) => sum + bulkBytes(document), 0));
  let at = 0;
  for (const document of documents) at = writeDocument(body, at, document);
  return body;
}

/** The action line up to the id; most documents are of the same index as the one before. */
function headOf(index: string): Buffer {
  if (index !== newest.index) newest = { index, head: Buffer.from(`{"index":{"_index":"${index}","_id":"`) };
  return newest.head;
}

let newest = { index: "", head: Buffer.alloc(0) };

/** The action line after the id. */
function versionEnd(version: number): Buffer {
  return version === 1 ? firstVersionEnd : versionEndOf(version);
}

function versionEndOf(version: number): Buffer {
  return Buffer.from(`","version":${version},"version_type":"external"}}\n`);
}

const firstVersionEnd = versionEndOf(1);

function bytesOf(document: IndexDocument, id: string): number {
  const action = headOf(document.index).length + id.length + versionEnd(document.version).length;
  return action + valueBytes(document) + document.tail.length + 1;
}

/** The tail stands in place of the closing brace. */
function valueBytes({ value, tail }: IndexDocument): number {
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
