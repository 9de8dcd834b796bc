import type { Naming } from "./naming.ts";
import { type Reference, type SavedObject, savedObject } from "./saved-object.ts";

/** One row of a dashboard: panels side by side, each as wide as it says; 48 columns in all. */
export interface Row {
  readonly height: number;
  readonly panels: readonly (readonly [panel: { readonly name: string }, columns: number])[];
}

export interface Dashboard {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** How far back it looks when it is opened: "now-1h". */
  readonly timeFrom: string;
  readonly rows: readonly Row[];
}

/** @param typeOf what a panel of that name is */
export function dashboardObject(
  dashboard: Dashboard,
  typeOf: (name: string) => "visualization" | "search",
  naming: Naming,
): SavedObject {
  const panels: object[] = [];
  const references: Reference[] = [];
  let y = 0;
  for (const { height, panels: inRow } of dashboard.rows) {
    let x = 0;
    for (const [{ name }, columns] of inRow) {
      const at = panels.length;
      const panelRefName = `panel_${at}`;
      panels.push({
        version: panelVersion,
        gridData: { x, y, w: columns, h: height, i: String(at + 1) },
        panelIndex: String(at + 1),
        embeddableConfig: {},
        panelRefName,
      });
      references.push({ name: panelRefName, type: typeOf(name), id: naming.id(name) });
      x += columns;
    }
    y += height;
  }
  const attributes = {
    title: naming.title(dashboard.title),
    hits: 0,
    description: dashboard.description,
    panelsJSON: JSON.stringify(panels),
    optionsJSON: JSON.stringify({ hidePanelTitles: false, useMargins: true }),
    version: 1,
    timeRestore: true,
    timeFrom: dashboard.timeFrom,
    timeTo: "now",
    refreshInterval: { pause: false, value: refreshMs },
    kibanaSavedObjectMeta: {
      searchSourceJSON: JSON.stringify({ query: { query: "", language: "kuery" }, filter: [] }),
    },
  };
  return savedObject("dashboard", naming.id(dashboard.name), attributes, references);
}

const panelVersion = "7.9.3";
const refreshMs = 10_000;
