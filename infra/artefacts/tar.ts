/** A file of an archive. */
export interface ArchivedFile {
  /** With slashes, 100 bytes at most. */
  readonly path: string;
  readonly content: Uint8Array;
}

const blockBytes = 512;
const pathBytesMax = 100;

/**
 * A tar archive (ustar) that has the same bytes for the same files: sorted by path, with no times and no owners, so that its checksum tells the
 * contents and nothing else.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export function tarOf(files: readonly ArchivedFile[]): Buffer {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const entries = sorted.flatMap(({ path, content }) => [headerOf(path, content.length), content, padding(content)]);
  return Buffer.concat([...entries, Buffer.alloc(2 * blockBytes)]);
}

function headerOf(path: string, bytes: number): Buffer {
  if (Buffer.byteLength(path) > pathBytesMax) throw new RangeError(`${path} is too long a path for an archive.`);
  const header = Buffer.alloc(blockBytes);
  header.write(path, 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${bytes.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  // The checksum is taken with spaces in its own place.
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function padding(content: Uint8Array): Buffer {
  return Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
}
