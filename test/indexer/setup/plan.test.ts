import { describe, expect, it } from "vitest";
import { dayOf, isOlder } from "../../../indexer/setup/days.ts";
import { differences } from "../../../indexer/setup/differences.ts";
import type { FoundIndex, FoundPolicy, InForce } from "../../../indexer/setup/in-force.ts";
import { type SetupOptions, setupPlan } from "../../../indexer/setup/plan.ts";
import { retentionPolicy } from "../../../indexer/setup/policy.ts";
import { stepText } from "../../../indexer/setup/step.ts";
import { templatesOf } from "../../../indexer/templates.ts";

const templates = { indexPrefix: "market-", shards: 2, replicas: 1, refreshMs: 1000 };
const nowMs = Date.parse("2026-03-10T12:00:00Z");
const options: SetupOptions = { templates, retainDays: null, compressAfterDays: null, nowMs };

/** OpenSearch as a setup of these options leaves it. */
function afterSetup(indices: readonly FoundIndex[] = [], ism: FoundPolicy | null = null): InForce {
  const { components, indices: wanted } = templatesOf(templates);
  return {
    components: new Map(components.map(({ name, body }) => [name, structuredClone(body)])),
    templates: new Map(wanted.map(({ name, body }) => [name, structuredClone(body)])),
    indices,
    ism,
  };
}

function quotesOf(day: string, changes: Partial<FoundIndex> = {}): FoundIndex {
  const quotes = templatesOf(templates).indices.find(({ name }) => name === "market-quotes");
  return {
    name: `market-quotes-${day}`,
    open: true,
    settings: { number_of_shards: "2", number_of_replicas: "1", refresh_interval: "1000ms" },
    mappings: { properties: quotes?.mappings.properties },
    segments: 2,
    ...changes,
  };
}

function subjects(given: Partial<SetupOptions>, inForce: InForce): readonly string[] {
  return setupPlan({ ...options, ...given }, inForce).steps.map(({ change, subject }) => `${change} ${subject}`);
}

describe("the plan of index setup", () => {
  it("an empty OpenSearch gets components first, since index templates are refused without them", () => {
    const empty = { components: new Map(), templates: new Map(), indices: [], ism: null };
    const all = subjects({}, empty);
    expect(all).toHaveLength(4 + 9);
    expect(all.slice(0, 4).every((subject) => subject.startsWith("create component template"))).toBe(true);
  });

  it("where all is as wanted there is nothing to do", () => {
    expect(setupPlan(options, afterSetup([quotesOf("2026.03.10")]))).toEqual({ steps: [], notes: [] });
  });

  it("a changed setting is told with what it was and what it becomes", () => {
    const { steps } = setupPlan({ ...options, templates: { ...templates, shards: 3 } }, afterSetup());
    expect(steps.map(({ subject }) => subject)).toEqual([
      "index template market-quotes",
      "index template market-trades",
      "index template market-candles",
    ]);
    expect(steps.map(stepText)[0]).toBe(
      'update index template market-quotes\n    template.settings.index.number_of_shards: "2" becomes "3"\n',
    );
  });

  it("an index that is there gets the fields, replicas and refresh interval that it lacks, and keeps its types", () => {
    const hops = Object.fromEntries(["feedMs", "enrichMs"].map((hop) => [hop, { type: "scaled_float" }]));
    const older = quotesOf("2026.03.09", {
      settings: { number_of_shards: "1", number_of_replicas: "0", refresh_interval: "1000ms" },
      mappings: {
        properties: {
          ...quotesOf("").mappings.properties,
          bidPrice: { type: "double" },
          delivery: { properties: hops },
        },
      },
    });
    const { steps, notes } = setupPlan(options, afterSetup([older]));
    expect(steps.map(({ subject, details }) => [subject, details])).toEqual([
      ["settings of market-quotes-2026.03.09", ['number_of_replicas: "0" becomes "1"']],
      ["fields of market-quotes-2026.03.09", ["delivery.indexMs: scaled_float is missing"]],
    ]);
    expect(notes).toEqual([
      "market-quotes-2026.03.09 keeps the older type of bidPrice (double, new days: scaled_float).",
    ]);
  });

  it("days past the retention are deleted, those before are not touched, and nothing is updated that goes", () => {
    const indices = [
      quotesOf("2026.02.06", { settings: {} }),
      quotesOf("2026.02.07"),
      quotesOf("2026.02.08"),
      quotesOf("2026.03.10"),
    ];
    expect(subjects({ retainDays: 30 }, afterSetup(indices))).toEqual([
      "delete index market-quotes-2026.02.06",
      "delete index market-quotes-2026.02.07",
    ]);
  });

  it("old days are compressed once; one that an earlier run left half done is done again", () => {
    const compressed = { ...quotesOf("").settings, codec: "best_compression" };
    const indices = [
      quotesOf("2026.03.01", { settings: compressed, segments: 9 }),
      quotesOf("2026.03.02", { settings: compressed }),
      quotesOf("2026.03.03", { settings: compressed, open: false }),
      quotesOf("2026.03.04"),
      quotesOf("2026.03.09"),
    ];
    const { steps } = setupPlan({ ...options, compressAfterDays: 2 }, afterSetup(indices));
    expect(steps.map(({ change, subject }) => `${change} ${subject}`)).toEqual([
      "merge index market-quotes-2026.03.01",
      "compress index market-quotes-2026.03.03",
      "compress index market-quotes-2026.03.04",
    ]);
    const [, reopened, whole] = steps.map(({ requests }) => requests.map(({ path }) => path.split("/").at(-1)));
    expect(reopened).toEqual(["_open", "_forcemerge"]);
    expect(whole).toEqual(["_flush", "_close", "_settings", "_open", "_forcemerge"]);
  });
});

describe("the retention as a policy", () => {
  const settings = { indexPrefix: "market-", retainDays: 30, mergeAfterDays: 2 };
  const ism = (policy: FoundPolicy["policy"], managed: readonly (readonly [string, string | null])[] = []) =>
    afterSetup([], { policy, managedBy: new Map(managed) });
  /** As the plugin tells it: with defaults of its own. */
  const inForce = {
    body: { ...retentionPolicy(settings), policy_id: "x", schema_version: 21 },
    seqNo: 7,
    primaryTerm: 1,
  };

  it("where there is Index State Management the policy deletes, and setup itself does not", () => {
    const { ism: found } = ism(null, [["market-quotes-2020.01.01", null]]);
    const { steps, notes } = setupPlan({ ...options, retainDays: 30 }, afterSetup([quotesOf("2020.01.01")], found));
    expect(steps.map(({ change, subject }) => `${change} ${subject}`)).toEqual([
      "create policy market-retention",
      "update policy of 1 indices",
    ]);
    expect(steps[1]?.requests[0]).toMatchObject({
      path: "/_plugins/_ism/add/market-quotes-2020.01.01",
      body: { policy_id: "market-retention" },
    });
    expect(notes).toEqual([]);
  });

  it("one that is as wanted is left alone, for all the defaults that the plugin adds", () => {
    expect(subjects({ retainDays: 30 }, ism(inForce, [["market-quotes-2026.03.01", "market-retention"]]))).toEqual([]);
  });

  it("a changed one replaces exactly what was read, and indices are told; those of another policy are left to it", () => {
    const managed = [
      ["market-quotes-2026.03.01", "market-retention"],
      ["market-trades-2026.03.01", "theirs"],
    ] as const;
    const { steps, notes } = setupPlan({ ...options, retainDays: 31 }, ism(inForce, managed));
    expect(steps[0]?.requests[0]).toMatchObject({ query: { if_seq_no: "7", if_primary_term: "1" } });
    expect(steps[1]?.requests[0]).toMatchObject({ path: "/_plugins/_ism/change_policy/market-quotes-2026.03.01" });
    expect(notes).toEqual(["market-trades-2026.03.01 is left to the policy theirs."]);
  });

  it("an index lives its own day and the retention; it never rolls over and never turns read-only", () => {
    expect(retentionPolicy(settings)).toMatchObject({
      states: [
        { name: "live", transitions: [{ state_name: "merged", conditions: { min_index_age: "3d" } }] },
        { name: "merged", transitions: [{ state_name: "expired", conditions: { min_index_age: "31d" } }] },
        { name: "expired", actions: [{ delete: {} }], transitions: [] },
      ],
    });
    expect(JSON.stringify(retentionPolicy(settings))).not.toMatch(/rollover|read_only/);
    expect(JSON.stringify(retentionPolicy({ ...settings, mergeAfterDays: null }))).not.toContain("force_merge");
  });
});

describe("days of indices", () => {
  it.each([
    ["market-quotes-2026.03.10", "2026-03-10T00:00:00Z"],
    ["market-dead-letters-2018.01.03", "2018-01-03T00:00:00Z"],
  ])("%s is of %s", (index, day) => {
    expect(dayOf("market-", index)).toBe(Date.parse(day));
  });

  it.each([
    "market-quotes-2026.03.10-copy",
    "market-orders-2026.03.10",
    "other-quotes-2026.03.10",
    "market-quotes-2026.13.10",
    "market-quotes-latest",
    "market-eu-quotes-2026.03.10",
  ])("%s is not ours, and never touched", (index) => {
    expect(dayOf("market-", index)).toBeNull();
  });

  it("a day is as old as its last moment", () => {
    const day = Date.parse("2026-03-08T00:00:00Z");
    expect(isOlder(day, 1, Date.parse("2026-03-09T23:59:59.999Z"))).toBe(false);
    expect(isOlder(day, 1, Date.parse("2026-03-10T00:00:00Z"))).toBe(true);
  });
});

describe("differences", () => {
  it("each is told by its path, with both values", () => {
    expect(differences({ a: { b: [1, { c: 2 }] }, d: 1 }, { a: { b: [1, { c: 3 }] }, e: 1 })).toEqual([
      "a.b[1].c: 3 becomes 2",
      "d: 1 is missing",
      "e: 1 is one too many",
    ]);
  });

  it("what the server adds can be left out, at any depth", () => {
    expect(differences({ a: [{ b: 1 }] }, { a: [{ b: 1, x: 1 }], y: 1 }, { mayHaveMore: true })).toEqual([]);
    expect(differences({ a: [1] }, { a: [1, 2] }, { mayHaveMore: true })).toEqual(["a: [1,2] becomes [1]"]);
  });
});
