import { describe, expect, it } from "vitest";
import { tidyRegularly } from "../../../indexer/setup/tidy.ts";
import { createLog } from "../../../runtime/log/log.ts";
import { stubOpenSearch } from "./stub-open-search.ts";

const old = "market-quotes-2026.01.01";
const settings = { [old]: { settings: { index: { number_of_shards: "1" } } } };

/** Tidies a number of hours; `answer` may fail with a status for the request of an hour. */
async function tidied(
  hours: number,
  options: {
    readonly retainDays: number | null;
    readonly policy?: object;
    readonly failsIn?: number;
    readonly failsWith?: object;
  },
) {
  const end = new AbortController();
  const lines: string[] = [];
  let hour = 0;
  const stub = stubOpenSearch(({ method, path }) => {
    if (hour === options.failsIn) return { status: 503, ...options.failsWith };
    if (path.includes("/_ism/policies/")) {
      return options.policy === undefined ? { status: 400 } : { status: 200, body: options.policy };
    }
    if (path.endsWith("/_settings")) return { status: 200, body: settings };
    return method === "DELETE" ? { status: 200 } : { status: 404 };
  });
  await tidyRegularly({
    openSearch: stub,
    log: createLog({
      stage: "i",
      level: "debug",
      format: "text",
      now: () => new Date(0),
      write: (line) => void lines.push(line),
    }),
    indexPrefix: "market-",
    retainDays: options.retainDays,
    compressAfterDays: null,
    nowMs: () => Date.parse("2026-03-10T00:00:00Z"),
    sleep: async () => {
      hour += 1;
      if (hour === hours) end.abort();
    },
    signal: end.signal,
  });
  return { deletes: stub.sent.filter((request) => request.startsWith("DELETE")), requests: stub.sent.length, lines };
}

describe("tidying beside the indexing", () => {
  it("old days go at once and every hour, and each is told", async () => {
    const { deletes, lines } = await tidied(2, { retainDays: 30 });
    expect(deletes).toEqual([`DELETE /${old}`, `DELETE /${old}`]);
    expect(lines[0]).toContain(`delete index ${old}`);
  });

  it("days that are not old stay", async () => {
    expect((await tidied(1, { retainDays: 90 })).deletes).toEqual([]);
  });

  it("a deployment with a policy leaves deleting to it", async () => {
    const policy = { _seq_no: 1, _primary_term: 1, policy: {} };
    expect((await tidied(1, { retainDays: 30, policy })).deletes).toEqual([]);
  });

  it("without a retention nothing is asked", async () => {
    expect((await tidied(1, { retainDays: null })).requests).toBe(0);
  });

  it("D5: a fault is told and tried again in the next hour, and never stops the indexing", async () => {
    const { deletes, lines } = await tidied(2, { retainDays: 30, failsIn: 0 });
    expect(lines[0]).toContain("until the next hour");
    expect(deletes).toEqual([`DELETE /${old}`]);
  });

  it("D5: an answer that is none of OpenSearch's is such a fault too: a proxy may say anything while a node is away", async () => {
    const failsWith = { status: 200, body: "<html>" };
    const { deletes, lines } = await tidied(2, { retainDays: 30, failsIn: 0, failsWith });
    expect(lines[0]).toContain("until the next hour");
    expect(deletes).toEqual([`DELETE /${old}`]);
  });
});
