import { intervalSeconds, type Panel, type TimeRange } from "../panel-request.ts";
import type { PanelRow } from "../panel-rows.ts";
import { type Series, seriesOf } from "./series.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

const margin = { left: 58, right: 150, top: 8, bottom: 20 };

/** A chart with time on its x axis. */
export function timeChart(panel: Panel, rows: readonly PanelRow[], range: TimeRange, size: Size): string {
  const series = seriesOf(panel, rows);
  const times = [...new Set(rows.map(({ keys }) => Number(keys.at(-1))))];
  const stepMs = intervalSeconds(range) * 1000;
  const span: readonly [number, number] = [Date.parse(range.from), Date.parse(range.to)];
  const stacked = panel.chart === "histogram";
  const tops = stacked ? times.map((time) => sum(series.map(({ points }) => points.get(time) ?? 0))) : values(series);
  const axes = panel.params.valueAxes as
    | readonly { readonly scale: { readonly defaultYExtents: boolean } }[]
    | undefined;
  const nearest = axes?.[0]?.scale.defaultYExtents === true;
  const low = nearest ? Math.min(...tops) : Math.min(0, ...tops);
  const high = Math.max(...tops, low + 1e-9);
  const plot = { width: size.width - margin.left - margin.right, height: size.height - margin.top - margin.bottom };
  const x = (time: number) => margin.left + ((time - span[0]) / (span[1] - span[0])) * plot.width;
  const y = (value: number) => margin.top + (1 - (value - low) / (high - low)) * plot.height;
  const drawn = stacked ? bars(series, times, stepMs, x, y) : lines(series, stepMs, x, y);
  return svg(size, `${grid(low, high, y, size)}${timeAxis(span, x, size)}${drawn}${legend(series, size)}`);
}

function bars(series: readonly Series[], times: readonly number[], stepMs: number, x: Scale, y: Scale): string {
  return times
    .map((time) => {
      let base = 0;
      return series
        .map(({ points, color }) => {
          const value = points.get(time) ?? 0;
          const [top, bottom] = [y(base + value), y(base)];
          base += value;
          const width = Math.max(1, x(time + stepMs) - x(time) - 1);
          return value === 0 ? "" : rect(x(time), top, width, bottom - top, color);
        })
        .join("");
    })
    .join("");
}

function lines(series: readonly Series[], stepMs: number, x: Scale, y: Scale): string {
  return series
    .map(({ points, color }) => {
      const sorted = [...points].sort(([a], [b]) => a - b);
      const path = sorted.map(
        ([time, value], at) => `${at === 0 ? "M" : "L"}${n(x(time + stepMs / 2))} ${n(y(value))}`,
      );
      return `<path d="${path.join("")}" fill="none" stroke="${color}" stroke-width="1.6"/>`;
    })
    .join("");
}

/** Rows by symbol, columns by time, coloured by the panel's own ranges. */
export function heatMap(panel: Panel, rows: readonly PanelRow[], range: TimeRange, size: Size): string {
  const ranges = panel.params.colorsRange as readonly { readonly from: number; readonly to: number }[];
  const names = [...new Set(rows.map(({ keys }) => String(keys[0])))];
  const stepMs = intervalSeconds(range) * 1000;
  const span: readonly [number, number] = [Date.parse(range.from), Date.parse(range.to)];
  const width = size.width - margin.left - margin.right;
  const height = (size.height - margin.top - margin.bottom) / names.length;
  const x = (time: number) => margin.left + ((time - span[0]) / (span[1] - span[0])) * width;
  const cells = rows.map(({ keys, cells: [value] }) => {
    if (typeof value !== "number") return "";
    const at = ranges.findIndex(({ from, to }) => value >= from && value < to);
    const top = margin.top + names.indexOf(String(keys[0])) * height;
    return rect(
      x(Number(keys.at(-1))),
      top,
      x(Number(keys.at(-1)) + stepMs) - x(Number(keys.at(-1))),
      height - 1,
      heat(at, ranges.length),
    );
  });
  const labels = names.map((name, at) => text(margin.left - 4, margin.top + (at + 0.6) * height, name, "end"));
  const shown = ranges.map(({ from, to }, at) => ({
    name: `${from} to ${to}`,
    color: heat(at, ranges.length),
    points: new Map(),
  }));
  return svg(size, `${cells.join("")}${labels.join("")}${timeAxis(span, x, size)}${legend(shown, size)}`);
}

/** From red by way of a pale yellow to green: the scheme "Green to Red" turned round. */
function heat(at: number, count: number): string {
  if (at < 0) return "#dddddd";
  const share = at / Math.max(1, count - 1);
  return `hsl(${Math.round(share * 130)} 60% ${Math.round(48 + 30 * (1 - Math.abs(share - 0.5) * 2))}%)`;
}

type Scale = (value: number) => number;

function grid(low: number, high: number, y: Scale, { width }: Size): string {
  return [0, 0.25, 0.5, 0.75, 1]
    .map((share) => {
      const value = low + (high - low) * share;
      const line = `<path d="M${margin.left} ${n(y(value))}H${width - margin.right}" stroke="#e3e6ea"/>`;
      return line + text(margin.left - 4, y(value) + 4, short(value), "end");
    })
    .join("");
}

function timeAxis([from, to]: readonly [number, number], x: Scale, { height }: Size): string {
  return [0.02, 0.26, 0.5, 0.74, 0.98]
    .map((share) => {
      const time = from + (to - from) * share;
      return text(x(time), height - 5, new Date(time).toISOString().slice(11, 19), "middle");
    })
    .join("");
}

function legend(series: readonly Series[], { width, height }: Size): string {
  const shown = series.slice(0, Math.floor((height - 10) / 15));
  return shown
    .map(({ name, color }, at) => {
      const top = margin.top + at * 15;
      return rect(width - margin.right + 8, top, 9, 9, color) + text(width - margin.right + 21, top + 9, name, "start");
    })
    .join("");
}

/** A number as a label: enough digits to tell it from its neighbours. */
export function short(value: number): string {
  if (value === 0) return "0";
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

export function escaped(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function svg({ width, height }: Size, content: string): string {
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${content}</svg>`;
}

function rect(x: number, y: number, width: number, height: number, color: string): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${color}"/>`;
}

function text(x: number, y: number, value: string, anchor: string): string {
  return `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}">${escaped(value)}</text>`;
}

function n(value: number): string {
  return value.toFixed(1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}

function values(series: readonly Series[]): readonly number[] {
  return series.flatMap(({ points }) => [...points.values()]);
}
