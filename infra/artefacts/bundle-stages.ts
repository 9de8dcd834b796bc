import { bundled } from "./bundle.ts";
import type { ArchivedFile } from "./tar.ts";

/** What runs by itself: the command, and the thread that the enricher starts by its file's name. Bundled, they stand side by side. */
const entries: Readonly<Record<string, string>> = {
  bellwether: "cli/deployed.ts",
  "thread-main": "enricher/threads/thread-main.ts",
};

/**
 * The command and its thread as plain JavaScript for Node 24, all packages inside but the one binary (`native-crc32.ts`). Chunks are shared, so that a
 * machine loads only what its stage needs.
 */
export function bundleStages(): readonly ArchivedFile[] {
  const files = bundled({
    entryPoints: Object.entries(entries).map(([out, entry]) => ({ in: entry, out })),
    splitting: true,
    outdir: "out",
    outExtension: { ".js": ".mjs" },
    chunkNames: "[name]-[hash]",
    alias: { "@node-rs/crc32": "./infra/artefacts/native-crc32.ts" },
  });
  return files.map(({ path, text }) => ({
    path: path.slice(path.lastIndexOf("/") + 1),
    content: Buffer.from(withBundledUrls(text)),
  }));
}

/** `new URL("./thread-main.ts", import.meta.url)`: how our code names a file that is to run. Its quotes and spaces are esbuild's own. */
const urlOfCode = /new URL\("(?:[^"]*\/)?([^"/]+)\.ts", import\.meta\.url\)/g;

/**
 * Names the bundled file where the source named one of ours.
 * @throws Error for one that is not bundled: a stage would start, and fail only when it needs it
 */
function withBundledUrls(text: string): string {
  return text.replace(urlOfCode, (whole: string, name: string) => {
    if (!(name in entries)) throw new Error(`${whole} is in the bundle, and ${name} is none of its entries.`);
    return `new URL("./${name}.mjs", import.meta.url)`;
  });
}
