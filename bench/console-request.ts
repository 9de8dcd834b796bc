import { readdirSync, readFileSync } from "node:fs";
import type { OpenSearchRequest } from "../runtime/opensearch/types.ts";

const folder = new URL("../examples/opensearch/", import.meta.url);
const extension = ".console";

/** The names of the example queries, in the order of the alphabet. */
export function exampleNames(): readonly string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(extension));
  return files.map((file) => file.slice(0, -extension.length)).sort();
}

/** The text of an example query, as people paste it. */
export function exampleText(name: string): string {
  return readFileSync(new URL(name + extension, folder), "utf8");
}

/** Reads a request as the console of OpenSearch Dashboards does: comments, a line with method and path, a body of JSON. */
export function consoleRequest(text: string): OpenSearchRequest {
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  const [, method, path] = /^(GET|POST) (\/\S+)$/.exec(lines[0] ?? "") ?? [];
  if (path === undefined) throw new Error(`This is no request: ${lines[0]}`);
  return { method: method as "GET" | "POST", path, body: JSON.parse(lines.slice(1).join("\n")) };
}
