/**
 * What `@node-rs/crc32` is in a handler's bundle: nothing. Handlers administer, and write no records; the package's binary, one for each kind of machine,
 * is left out.
 * @throws Error always
 */
export function crc32c(): never {
  throw new Error("A handler of a deployment writes no records.");
}
