import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Architecture, Code, Runtime } from "aws-cdk-lib/aws-lambda";
import { bundled } from "./bundle.ts";
import { scratchFile } from "./scratch-file.ts";

/** A folder of infra/handlers/ with a `handler.ts`. The last two have no `isComplete`. */
export type HandlerName =
  | "connectivity-start"
  | "connectivity-wait"
  | "entitlements"
  | "search-setup"
  | "feed-zones"
  | "client-subnets";

/** What every handler's function runs on. */
export const handlerRuntime = Runtime.NODEJS_24_X;
export const handlerArchitecture = Architecture.ARM_64;
/** The exported functions of a bundle, in Lambda's words. */
export const handlerFunctions = {
  onEvent: "index.onEvent",
  isComplete: "index.isComplete",
  /** For people, who invoke it: of `entitlements` alone. */
  operate: "index.operate",
} as const;
/** Where Lambda unpacks a function's code. */
export const handlerFolder = "/var/task";

interface Bundle {
  readonly text: string;
  readonly folder: string;
  readonly revision: string;
}

/** Bundled once a process: several stacks, and many tests, use the same. */
const bundles = new Map<HandlerName, Bundle>();

/** The code of a handler's function: one file, with the SDK that it was tested with. The same sources give the same asset. */
export function handlerCode(name: HandlerName): Code {
  return Code.fromAsset(bundle(name).folder);
}

/** The same with a file beside it, for what is too long for a function's environment: that takes 4 KiB in all. */
export function handlerCodeWith(name: HandlerName, file: string, content: string): Code {
  const folder = dirname(scratchFile("index.mjs", bundle(name).text));
  writeFileSync(join(folder, file), content);
  return Code.fromAsset(folder);
}

/** Changes whenever the handler's code does: as a property of its custom resource it makes new code run. */
export function handlerRevision(name: HandlerName): string {
  return bundle(name).revision;
}

function bundle(name: HandlerName): Bundle {
  const known = bundles.get(name);
  if (known !== undefined) return known;
  const text = bundleText(name);
  const folder = dirname(scratchFile("index.mjs", text));
  const made = { text, folder, revision: createHash("sha256").update(text).digest("hex").slice(0, 16) };
  bundles.set(name, made);
  return made;
}

/** Packages of handlers want to know where they are, too. */
const banner = [
  'import { fileURLToPath as bundledFileURLToPath } from "node:url";',
  "const __filename = bundledFileURLToPath(import.meta.url);",
  'const __dirname = bundledFileURLToPath(new URL(".", import.meta.url));',
];

function bundleText(name: HandlerName): string {
  const options = {
    entryPoints: [`infra/handlers/${name}/handler.ts`],
    mainFields: ["module", "main"],
    minifyWhitespace: true,
    minifySyntax: true,
    alias: { "@node-rs/crc32": "./infra/artefacts/no-crc32.ts" },
  };
  return bundled(options, banner)[0]?.text ?? "";
}
