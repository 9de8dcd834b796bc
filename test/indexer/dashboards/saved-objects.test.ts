import { describe, expect, it } from "vitest";
import { ndjson } from "../../../indexer/dashboards/saved-object.ts";
import { savedObjects } from "../../../indexer/dashboards/saved-objects.ts";
import { kindNames, kinds } from "../../../indexer/kinds.ts";
import { faultsOf, type LooseObject } from "./saved-object-rules.ts";

const lines = ndjson(savedObjects("market-")).trimEnd().split("\n");
const objects: readonly LooseObject[] = lines.map((line) => JSON.parse(line));

function titles(type: string): readonly unknown[] {
  return objects.filter((object) => object.type === type).map(({ attributes }) => attributes.title);
}

/** The objects with one of them changed. */
function broken(id: string, change: (object: LooseObject) => object): readonly string[] {
  const changed = objects.map((object) => (object.id === id ? { ...object, ...change(object) } : object));
  expect(changed).not.toEqual(objects);
  return faultsOf(changed);
}

function replaced(attribute: string, from: string, to: string): (object: LooseObject) => object {
  return ({ attributes }) => ({
    attributes: { ...attributes, [attribute]: String(attributes[attribute]).replace(from, to) },
  });
}

describe("saved objects", () => {
  it("they keep every rule of an import", () => {
    expect(faultsOf(objects)).toEqual([]);
  });

  it("there is an index pattern for each kind, with its time field, and the three dashboards", () => {
    const patterns = objects.filter(({ type }) => type === "index-pattern");
    expect(patterns.map(({ attributes }) => [attributes.title, attributes.timeFieldName])).toEqual(
      kindNames.map((kind) => [`market-${kinds[kind].index}-*`, kinds[kind].timeField]),
    );
    expect(titles("dashboard")).toEqual(["[Bellwether] Market", "[Bellwether] Symbol", "[Bellwether] Feed health"]);
    expect(titles("search")).toContain("[Bellwether] Enriched quotes");
  });

  it("every search and every visualization is on a dashboard", () => {
    const shown = new Set(
      objects.filter(({ type }) => type === "dashboard").flatMap(({ references }) => references.map(({ id }) => id)),
    );
    const panels = objects.filter(({ type }) => type === "search" || type === "visualization");
    expect(panels.filter(({ id }) => !shown.has(id))).toEqual([]);
    expect(panels.length).toBeGreaterThan(20);
  });

  it("made again they are the same to the byte, so that an import replaces and adds nothing", () => {
    expect(ndjson(savedObjects("market-"))).toBe(`${lines.join("\n")}\n`);
  });

  it("two deployments share no object, and each names its own indices", () => {
    const other = savedObjects("acme-eu-");
    const ids = new Set(objects.map(({ id }) => id));
    expect(other.filter(({ id }) => ids.has(id))).toEqual([]);
    expect(faultsOf(other as readonly LooseObject[])).toEqual([]);
    expect(/bellwether-market-|"market-[a-z-]+-\*"/.test(JSON.stringify(other))).toBe(false);
    expect(other.at(-1)?.attributes.title).toBe("[Bellwether acme-eu] Feed health");
  });

  it("an object comes after those that it refers to", () => {
    const seen = new Set<string>();
    for (const { id, references } of objects) {
      for (const { id: to } of references) expect(seen.has(to), `${id} before ${to}`).toBe(true);
      seen.add(id);
    }
  });
});

describe("the rules of saved objects find what is planted", () => {
  const market = "bellwether-market-market";
  const spread = "bellwether-market-spread-by-symbol";
  it.each([
    [
      "an attribute that is not mapped",
      spread,
      ({ attributes }: LooseObject) => ({ attributes: { ...attributes, notMapped: 1 } }),
      "unknown attribute notMapped",
    ],
    [
      "a reference to nothing",
      spread,
      ({ references }: LooseObject) => ({ references: references.map((each) => ({ ...each, id: "gone" })) }),
      "which is not there",
    ],
    [
      "a missing reference",
      spread,
      ({ references }: LooseObject) => ({ references: references.slice(1) }),
      "no reference",
    ],
    ["another shape's version", spread, () => ({ migrationVersion: { visualization: "8.0.0" } }), "migrationVersion"],
    [
      "JSON that is no text",
      spread,
      ({ attributes }: LooseObject) => ({ attributes: { ...attributes, uiStateJSON: {} } }),
      "uiStateJSON is no string",
    ],
    ["JSON that is cut short", spread, replaced("visState", "}]}", "}]"), "visState is no JSON"],
    [
      "a field that no document has",
      spread,
      replaced("visState", '"field":"spreadBps"', '"field":"spread"'),
      "no field spread",
    ],
    [
      "a mean of text",
      spread,
      replaced("visState", '"field":"spreadBps"', '"field":"indicator"'),
      "avg of indicator, a string",
    ],
    ["an order by nothing", spread, replaced("visState", '"orderBy":"1"', '"orderBy":"9"'), "orders by 9"],
    ["panels on one another", market, replaced("panelsJSON", '"x":24,"y":0', '"x":23,"y":0'), "lies on another"],
    [
      "a panel beyond the grid",
      market,
      replaced("panelsJSON", '"x":24,"y":0,"w":24', '"x":24,"y":0,"w":25'),
      "beyond the 48 columns",
    ],
    [
      "a column that no document has",
      "bellwether-market-enriched-quotes",
      ({ attributes }: LooseObject) => ({ attributes: { ...attributes, columns: ["bid"] } }),
      "no field bid",
    ],
  ] as const)("%s", (_, id, change, fault) => {
    expect(broken(id, change).join("\n")).toContain(fault);
  });
});
