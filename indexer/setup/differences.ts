/** What of `found` is not as `wanted`, a line each with its path. Both are JSON values. */
export function differences(wanted: unknown, found: unknown, options: CompareOptions = {}): readonly string[] {
  const lines: string[] = [];
  compare(wanted, found, "", options, lines);
  return lines;
}

export interface CompareOptions {
  /** True where the server adds defaults of its own: keys that are only in `found` do not count. */
  readonly mayHaveMore?: boolean;
}

function compare(wanted: unknown, found: unknown, path: string, options: CompareOptions, lines: string[]): void {
  if (isObject(wanted) && isObject(found)) {
    for (const [key, value] of Object.entries(wanted)) {
      const at = path === "" ? key : `${path}.${key}`;
      if (key in found) compare(value, found[key], at, options, lines);
      else lines.push(`${at}: ${shown(value)} is missing`);
    }
    if (options.mayHaveMore === true) return;
    for (const key of Object.keys(found)) {
      if (!(key in wanted)) lines.push(`${path === "" ? key : `${path}.${key}`}: ${shown(found[key])} is one too many`);
    }
    return;
  }
  if (Array.isArray(wanted) && Array.isArray(found) && wanted.length === found.length) {
    for (const [at, value] of wanted.entries()) compare(value, found[at], `${path}[${at}]`, options, lines);
    return;
  }
  if (wanted !== found && !(isEmpty(wanted) && isEmpty(found))) {
    lines.push(`${path}: ${shown(found)} becomes ${shown(wanted)}`);
  }
}

/** Texts longer than this are told by their beginning. */
const shownMax = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= shownMax ? text : `${text.slice(0, shownMax)}…`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
