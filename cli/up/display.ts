import { frame, plainLine, type ViewState, workOf } from "./view.ts";

/** Shows how the pipeline does until it is closed. */
export interface Display {
  /** A line that must be seen: a stage's warning. */
  line(text: string): void;
  close(): void;
}

export interface DisplayOptions {
  readonly stream: NodeJS.WriteStream;
  /** Redraw in place; else a plain line now and then. */
  readonly live: boolean;
  /** What there is to show; rates are worked out here. */
  readonly state: () => Omit<ViewState, "ratePerSecond">;
}

const frameEveryMs = 500;
const lineEveryMs = 5000;
const cursorHome = "\u001b[H";
const clearBelow = "\u001b[J";
const clearToEnd = "\u001b[K";
const enterScreen = "\u001b[?1049h\u001b[?25l";
const leaveScreen = "\u001b[?25h\u001b[?1049l";
/** The newest lines of the stages under the live summary. */
const linesKept = 5;

/** The live summary on a terminal, plain lines elsewhere. */
export function openDisplay({ stream, live, state }: DisplayOptions): Display {
  const rates = rateMeter();
  const lines: string[] = [];
  const draw = () => {
    const now = state();
    const view = { ...now, ratePerSecond: rates(now) };
    if (!live) {
      stream.write(`${plainLine(view)}\n`);
      return;
    }
    const columns = stream.columns ?? 80;
    const rows = (stream.rows ?? 24) - linesKept - 1;
    const shown = [...frame(view, columns, rows), "", ...lines.map((line) => line.slice(0, columns))];
    stream.write(`${cursorHome}${shown.map((line) => line + clearToEnd).join("\n")}${clearBelow}`);
  };
  if (live) stream.write(enterScreen);
  const timer = setInterval(draw, live ? frameEveryMs : lineEveryMs);
  return {
    line(text) {
      if (!live) stream.write(`${text}\n`);
      lines.push(text);
      if (lines.length > linesKept) lines.shift();
    },
    close() {
      clearInterval(timer);
      if (!live) return;
      stream.write(leaveScreen);
      for (const line of lines) stream.write(`${line}\n`);
    },
  };
}

/** Each stage's records a second since the call before. */
function rateMeter(): (state: Omit<ViewState, "ratePerSecond">) => ReadonlyMap<string, number> {
  let before = new Map<string, number>();
  let beforeSeconds = 0;
  return ({ reports, elapsedSeconds }) => {
    const work = new Map([...reports].map(([stage, report]) => [stage, workOf(stage, report)]));
    const seconds = Math.max(0.001, elapsedSeconds - beforeSeconds);
    const rates = new Map([...work].map(([stage, count]) => [stage, (count - (before.get(stage) ?? 0)) / seconds]));
    before = work;
    beforeSeconds = elapsedSeconds;
    return rates;
  };
}
