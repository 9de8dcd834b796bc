import { fileURLToPath } from "node:url";
import { type BuildOptions, buildSync, type OutputFile } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Some of what is bundled is CommonJS, and asks for Node's own modules by `require`. */
const requireBanner = [
  'import { createRequire as bundledCreateRequire } from "node:module";',
  "const require = bundledCreateRequire(import.meta.url);",
];

/**
 * Sources of the project as modules for Node 24, all packages inside. The same sources give the same bytes.
 * @param banner - lines that each file begins with, after those that give it `require`
 */
export function bundled(options: BuildOptions, banner: readonly string[] = []): readonly OutputFile[] {
  return buildSync({
    ...options,
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node24",
    legalComments: "none",
    banner: { js: [...requireBanner, ...banner].join("\n") },
    logLevel: "error",
  }).outputFiles;
}
