import type { IndexDocument } from "./document.ts";

/** A document's action line of a bulk body: replace, unless the same or a later version is there (D4). */
export function actionLine({ index, id, version }: IndexDocument): string {
  return `{"index":{"_index":"${index}","_id":${quoted(id)},"version":${version},"version_type":"external"}}\n`;
}

/** Bytes of a document in a bulk body. */
export function bulkBytes(document: IndexDocument, action: string): number {
  return Buffer.byteLength(action) + document.source.length + 1;
}

/** A bulk body: for each document its action line and its bytes as they are, each ended by a line feed. */
export function bulkBody(
  items: readonly { readonly document: IndexDocument; readonly action: string; readonly bytes: number }[],
): Buffer {
  let size = 0;
  for (const { bytes } of items) size += bytes;
  const body = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { document, action } of items) {
    at += body.write(action, at);
    at += document.source.copy(body, at);
    body[at++] = lineFeed;
  }
  return body;
}

const lineFeed = 0x0a;
const plain = /^[\w.:-]*$/;

function quoted(id: string): string {
  return plain.test(id) ? `"${id}"` : JSON.stringify(id);
}
