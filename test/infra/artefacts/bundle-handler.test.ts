import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { App, Stack } from "aws-cdk-lib";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { afterAll, expect, it, vi } from "vitest";
import * as bundling from "../../../infra/artefacts/bundle-handler.ts";

const folder = mkdtempSync(join(tmpdir(), "bellwether-bundles-"));
afterAll(() => rmSync(folder, { recursive: true }));
const root = fileURLToPath(new URL("../../..", import.meta.url));

const names: readonly bundling.HandlerName[] = [
  "connectivity-start",
  "connectivity-wait",
  "entitlements",
  "search-setup",
  "feed-zones",
  "client-subnets",
];

/** The text of a handler's bundle as it stands in a synthesised app. */
function textOf(name: bundling.HandlerName, { handlerCode }: typeof bundling = bundling): string {
  const app = new App({ outdir: mkdtempSync(join(folder, "assembly-")), analyticsReporting: false });
  const stack = new Stack(app, "Stack");
  new LambdaFunction(stack, "Function", {
    runtime: bundling.handlerRuntime,
    architecture: bundling.handlerArchitecture,
    handler: bundling.handlerFunctions.onEvent,
    code: handlerCode(name),
  });
  const asset = readdirSync(app.outdir).find((each) => each.startsWith("asset.")) ?? "";
  return readFileSync(join(app.outdir, asset, "index.mjs"), "utf8");
}

it.each(names)("%s is one file that runs without this project, and answers to what Lambda calls", async (name) => {
  const text = textOf(name);
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, text);
  const loaded = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  expect(loaded["onEvent"]).toBeTypeOf("function");
  const waits = !["feed-zones", "client-subnets"].includes(name);
  expect(typeof loaded["isComplete"]).toBe(waits ? "function" : "undefined");
  expect(typeof loaded["operate"]).toBe(name === "entitlements" ? "function" : "undefined");
  // Neither this machine's paths nor binaries of its own.
  expect(text).not.toContain(root);
  expect(text).not.toMatch(/require\(["'][^"']*\.node["']\)/);
});

it("a bundle answers as the handler does, with nothing beside it", async () => {
  const file = join(folder, "client-subnets.mjs");
  const { onEvent } = (await import(pathToFileURL(file).href)) as {
    onEvent: (event: object) => Promise<{ Data?: object }>;
  };
  const properties = { zoneIds: ["a", "b", "a"], subnetIds: ["1", "2", "3"] };
  const { Data } = await onEvent({ RequestType: "Create", ResourceProperties: properties });
  expect(Data).toEqual({ subnetIds: ["1", "2"] });
});

it("a file beside the code is in the asset, and another one makes another asset", () => {
  const assetOf = (content: string) => {
    const app = new App({ outdir: mkdtempSync(join(folder, "assembly-")), analyticsReporting: false });
    const code = bundling.handlerCodeWith("client-subnets", "file.yaml", content);
    const { handlerRuntime: runtime, handlerFunctions } = bundling;
    new LambdaFunction(new Stack(app, "Stack"), "Function", { runtime, handler: handlerFunctions.onEvent, code });
    const asset = readdirSync(app.outdir).find((each) => each.startsWith("asset.")) ?? "";
    expect(readFileSync(join(app.outdir, asset, "file.yaml"), "utf8")).toBe(content);
    expect(readFileSync(join(app.outdir, asset, "index.mjs"), "utf8")).toBe(textOf("client-subnets"));
    return asset;
  };
  expect(assetOf("one")).toBe(assetOf("one"));
  expect(assetOf("one")).not.toBe(assetOf("two"));
});

it("the same sources give the same bundle, and so the same asset", async () => {
  const { handlerRevision } = bundling;
  const before = { text: textOf("feed-zones"), revision: handlerRevision("feed-zones") };
  vi.resetModules();
  const again = await import("../../../infra/artefacts/bundle-handler.ts");
  expect(again).not.toBe(bundling);
  expect({ text: textOf("feed-zones", again), revision: again.handlerRevision("feed-zones") }).toEqual(before);
  expect(handlerRevision("client-subnets")).not.toBe(before.revision);
});
