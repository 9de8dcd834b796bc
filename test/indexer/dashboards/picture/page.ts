import type { Panel, TimeRange } from "../panel-request.ts";
import { type PanelRow, valueAt } from "../panel-rows.ts";
import type { StoredValue } from "../recorded-documents.ts";
import type { LooseObject } from "../saved-object-rules.ts";
import { nameOf } from "./series.ts";
import { escaped, heatMap, type Size, short, timeChart } from "./svg.ts";

/** What a panel was answered: the rows of a chart, the documents of a list. */
export interface Shown {
  readonly panel: Panel;
  readonly rows: readonly PanelRow[];
  readonly documents: readonly StoredValue[];
}

/** Where a panel's answer is kept: it may stand on two dashboards, and be filtered on one. */
export function placeOf(dashboardId: string, panelId: string): string {
  return `${dashboardId}/${panelId}`;
}

const columnPx = 27;
const rowPx = 19;
const headerPx = 30;

/** The dashboards on one page, each panel where its saved object puts it, drawn as simply as can be: no script, nothing from elsewhere. */
export function pageOf(objects: readonly LooseObject[], shown: ReadonlyMap<string, Shown>, range: TimeRange): string {
  const dashboards = objects.filter(({ type }) => type === "dashboard");
  const sections = dashboards.map((dashboard) => section(dashboard, objects, shown, range));
  return `<!doctype html><meta charset="utf-8"><title>Dashboards</title><style>${style}</style>
<p>What the panels of the saved objects show from ${range.from} to ${range.to}; drawn by this project's tests, not by OpenSearch Dashboards.</p>
${sections.join("\n")}\n`;
}

function section(
  { id: dashboardId, attributes, references }: LooseObject,
  objects: readonly LooseObject[],
  shown: ReadonlyMap<string, Shown>,
  range: TimeRange,
): string {
  const panels: readonly {
    readonly panelRefName: string;
    readonly gridData: { x: number; y: number; w: number; h: number };
  }[] = JSON.parse(String(attributes.panelsJSON));
  const boxes = panels.map(({ panelRefName, gridData: { x, y, w, h } }) => {
    const id = references.find(({ name }) => name === panelRefName)?.id ?? "";
    const title = objects.find((object) => object.id === id)?.attributes.title;
    const found = shown.get(placeOf(dashboardId, id));
    const size = { width: w * columnPx - 24, height: h * rowPx - headerPx - 14 };
    const place = `left:${x * columnPx}px;top:${y * rowPx}px;width:${w * columnPx - 8}px;height:${h * rowPx - 8}px`;
    const content = found === undefined ? "<em>lists to pick values from</em>" : contentOf(found, range, size);
    return `<div class="panel" style="${place}"><h3>${escaped(String(title))}</h3>${content}</div>`;
  });
  const height = Math.max(...panels.map(({ gridData: { y, h } }) => (y + h) * rowPx));
  return `<h2>${escaped(String(attributes.title))}</h2><div class="board" style="height:${height}px">${boxes.join("\n")}</div>`;
}

function contentOf({ panel, rows, documents }: Shown, range: TimeRange, size: Size): string {
  if (panel.chart !== "list" && rows.length === 0) return "<em>no results found</em>";
  switch (panel.chart) {
    case "list":
      return list(panel, documents);
    case "heatmap":
      return heatMap(panel, rows, range, size);
    case "metric":
      return rows
        .map(
          ({ keys, cells }) =>
            `<span class="number"><b>${short(Number(cells[0]))}</b>${nameOf(keys[0] ?? "", panel)}</span>`,
        )
        .join("");
    case "table":
      return table(panel, rows);
    default:
      return timeChart(panel, rows, range, size);
  }
}

function table(panel: Panel, rows: readonly PanelRow[]): string {
  const { aggregations } = panel;
  const metrics = aggregations.filter(({ schema }) => schema === "metric");
  const groupings = aggregations.filter(({ schema }) => schema !== "metric");
  const heads = [
    ...groupings.map(({ params }) => String(params.customLabel)),
    ...metrics.flatMap(({ params }) => {
      const percents = params.percents as readonly number[] | undefined;
      return percents === undefined
        ? [String(params.customLabel)]
        : percents.map((percent) => `${percent}th percentile of ${params.customLabel}`);
    }),
  ];
  const lines = rows.map(({ keys, cells }) => [
    ...keys.map((key) => nameOf(key, panel)),
    ...cells.flat().map((cell) => (typeof cell === "number" ? short(cell) : String(cell))),
  ]);
  return tableOf(heads, lines);
}

const listedMax = 12;

function list({ columns, timeField }: Panel, documents: readonly StoredValue[]): string {
  const names = [timeField, ...columns];
  return tableOf(
    names,
    documents.slice(0, listedMax).map((document) =>
      names.map((name) => {
        const value = valueAt(document, name);
        return value === undefined ? "-" : (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 60);
      }),
    ),
  );
}

function tableOf(heads: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  return `<table>${row("th", heads)}${lines.map((line) => row("td", line)).join("")}</table>`;
}

const style = `
body{font:13px system-ui,sans-serif;margin:16px;background:#f4f6f8;color:#23272e;width:${48 * columnPx}px}
.board{position:relative}.panel{position:absolute;background:#fff;border:1px solid #dde1e6;border-radius:4px;overflow:hidden;padding:0 8px;box-sizing:border-box}
h3{font-size:13px;margin:7px 0}svg text{font-size:10px;fill:#555b66}table{border-collapse:collapse;font-size:11px;width:100%}
td,th{text-align:left;padding:2px 6px;border-bottom:1px solid #edf0f2;white-space:nowrap}.number{display:inline-block;margin:8px 22px;text-align:center}.number b{display:block;font-size:30px}
`;
