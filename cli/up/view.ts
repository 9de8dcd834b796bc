import { styleText } from "node:util";
import { wholeGauges } from "../../runtime/metrics/metrics.ts";
import type { LatestPrice, StageReport } from "../../runtime/metrics/report.ts";

/** What the live summary shows at one moment. */
export interface ViewState {
  readonly feed: string;
  readonly elapsedSeconds: number;
  /** Of the stages that run; undefined before a stage's first report. */
  readonly reports: ReadonlyMap<string, StageReport | undefined>;
  /** Records a second since the last frame, by stage. */
  readonly ratePerSecond: ReadonlyMap<string, number>;
  /** Where the enriched quotes can be asked for; null where they are not indexed. */
  readonly queryUrl: string | null;
  readonly nowMicros: number;
}

/** What a stage counts as its work, and which of its other figures are worth a look. */
const stages = [
  { stage: "producer", counts: "messages", unit: "messages", also: ["queued", "reconnects", "gaps"] },
  { stage: "enricher", counts: "enriched", unit: "quotes", also: ["candles", "deadLettered"] },
  { stage: "distributor", counts: "records", unit: "records", also: ["waiting", "deadLettered"] },
  { stage: "indexer", counts: "documents", unit: "documents", also: ["retries", "deadLettered"] },
  { stage: "consumer", counts: "records", unit: "records", also: [] },
] as const;

/** The counter that a stage's rate is taken from. */
export function workOf(stage: string, report: StageReport | undefined): number {
  const shown = stages.find((row) => row.stage === stage);
  return shown === undefined ? 0 : (report?.metrics.counts[shown.counts] ?? 0);
}

/** The distributor runs only where there are products, the indexer not with `--no-index`. */
function shownStages({ reports }: ViewState) {
  return stages.filter(({ stage }) => reports.has(stage));
}

/** One line for logs and pipes: the rates and lags of the moment. */
export function plainLine(state: ViewState): string {
  const parts = shownStages(state).map(({ stage, counts, unit }) => {
    const count = state.reports.get(stage)?.metrics.counts[counts] ?? 0;
    return `${stage} ${count} ${unit} (${rateText(state.ratePerSecond.get(stage) ?? 0)}/s)`;
  });
  return `${parts.join("  ")}  lag ${lagOf(state.reports.get("enricher"))}  ${latencyText(state.reports.get("consumer"))}`.trimEnd();
}

/** The live summary as lines of at most `columns` characters, as many prices as `rows` leave room for. */
export function frame(state: ViewState, columns: number, rows: number): readonly string[] {
  const head = [
    `${styleText("bold", "Bellwether")}  feed ${state.feed}  up ${clockText(state.elapsedSeconds)}   (Ctrl-C stops)`,
    "",
    ...shownStages(state).map((row) => stageLine(row, state)),
    "",
    `enricher lag ${lagOf(state.reports.get("enricher"))} records   watermark ${watermarkText(state)}   ${latencyText(state.reports.get("consumer"))}`,
    ...(state.queryUrl === null ? [] : [`browse ${state.queryUrl}`]),
    "",
    styleText("dim", `${"symbol".padEnd(8)}${"mid".padStart(12)}${"change".padStart(10)}  indicator`),
  ];
  const prices = state.reports.get("consumer")?.prices ?? [];
  const room = Math.max(0, rows - head.length - 1);
  const shown = prices.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)).slice(0, room);
  return [...head, ...shown.map(priceLine)].map((line) => cut(line, columns));
}

function stageLine({ stage, counts, unit, also }: (typeof stages)[number], state: ViewState): string {
  const report = state.reports.get(stage);
  const count = (report?.metrics.counts[counts] ?? 0).toLocaleString("en-US");
  const rate = rateText(state.ratePerSecond.get(stage) ?? 0);
  const figures = { ...report?.metrics.counts, ...report?.metrics.gauges };
  const extras = also.map((name) => `${name} ${figures[name] ?? 0}`).join("  ");
  const standing = report === undefined ? styleText("dim", "starting") : extras;
  return `${stage.padEnd(10)}${count.padStart(12)} ${unit.padEnd(10)}${rate.padStart(8)}/s   ${standing}`;
}

function priceLine({ symbol, midPrice, percentChange, indicator }: LatestPrice): string {
  const mid = midPrice === null ? "-" : midPrice.toFixed(2);
  const change = percentChange === null ? "-" : `${percentChange >= 0 ? "+" : ""}${percentChange.toFixed(2)}%`;
  const color = indicator === "Bullish" ? "green" : indicator === "Bearish" ? "red" : "yellow";
  return `${symbol.padEnd(8)}${mid.padStart(12)}${change.padStart(10)}  ${styleText(color, indicator ?? "-")}`;
}

function lagOf(report: StageReport | undefined): number {
  return wholeGauges(report?.metrics.gauges ?? {})["lag"] ?? 0;
}

/** How far the stream's time, as the enricher knows it, is behind the wall clock; a recording's is years. */
function watermarkText({ reports, nowMicros }: ViewState): string {
  const watermark = reports.get("enricher")?.metrics.moments["watermarkMicros"] ?? 0;
  if (!(watermark > 0)) return "-";
  const behindSeconds = (nowMicros - watermark) / 1_000_000;
  return behindSeconds < 3600 ? `${behindSeconds.toFixed(1)} s behind` : new Date(watermark / 1000).toISOString();
}

function latencyText(report: StageReport | undefined): string {
  const { latencyMsP50: p50, latencyMsP99: p99 } = report?.metrics.gauges ?? {};
  return p50 === undefined || p99 === undefined ? "" : `latency p50 ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms`;
}

function rateText(perSecond: number): string {
  return Math.round(perSecond).toLocaleString("en-US");
}

function clockText(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** Cuts to a width; colour codes are not counted, so that a coloured line is only cut where its plain text is too long. */
function cut(line: string, columns: number): string {
  const plainLength = line.replaceAll(colorCodes, "").length;
  return plainLength <= columns ? line : line.replaceAll(colorCodes, "").slice(0, columns);
}

const escapeCharacter = String.fromCharCode(27);
const colorCodes = new RegExp(`${escapeCharacter}\\[[0-9;]*m`, "g");
