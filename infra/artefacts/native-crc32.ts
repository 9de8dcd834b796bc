import { createRequire } from "node:module";

/**
 * What `@node-rs/crc32` is in a bundle: the binary of the machine that it runs on, which stands beside the bundle in `node_modules`. The package's own
 * loader asks for those of every other machine too.
 */
const binding = createRequire(import.meta.url)(`@node-rs/crc32-${process.platform}-${process.arch}-gnu`) as {
  readonly crc32c: (input: Uint8Array, initial?: number) => number;
};

export const { crc32c } = binding;
