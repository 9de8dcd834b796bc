/** Cuts a record down to some of its top-level fields; null where the bytes are not a JSON object. */
export type ColumnCut = (value: Uint8Array) => Uint8Array | null;

/**
 * Makes the cut for one type of record: the fields named stay, in the record's order and with the record's own bytes (a number keeps every digit);
 * the others go. A value that loses nothing comes back as it is. What stands inside of a field is passed over, not checked.
 */
export function columnCut(names: ReadonlySet<string>): ColumnCut {
  const known: KnownField[] = [];
  return (value) => {
    const end = value.length;
    let at = skipBlanks(value, 0);
    if (value[at] !== openBrace) return null;
    const runs: number[] = [];
    let isRunning = false;
    let isWhole = true;
    at = skipBlanks(value, at + 1);
    if (value[at] === closeBrace) return isAtEnd(value, at + 1) ? value : null;
    for (let index = 0; at < end; index++) {
      const start = at;
      if (value[at] !== quote) return null;
      const nameEnd = afterText(value, at);
      at = skipBlanks(value, nameEnd);
      if (value[at] !== colon) return null;
      const valueStart = skipBlanks(value, at + 1);
      at = afterValue(value, valueStart);
      if (at <= valueStart || at > end) return null;
      if (isKept(known, index, value, start + 1, nameEnd - 1, names)) {
        // Fields that follow one another are copied at once, with what stands between them.
        if (isRunning) runs[runs.length - 1] = at;
        else runs.push(start, at);
        isRunning = true;
      } else {
        isRunning = false;
        isWhole = false;
      }
      at = skipBlanks(value, at);
      if (value[at] === closeBrace) break;
      if (value[at] !== comma) return null;
      at = skipBlanks(value, at + 1);
    }
    if (!isAtEnd(value, at + 1)) return null;
    return isWhole ? value : joined(value, runs);
  };
}

/** A field of the record before, which most often comes again at the same place. */
interface KnownField {
  readonly name: Uint8Array;
  readonly isKept: boolean;
}

function isKept(
  known: KnownField[],
  index: number,
  value: Uint8Array,
  start: number,
  end: number,
  names: ReadonlySet<string>,
): boolean {
  const before = known[index];
  if (before !== undefined && isSame(before.name, value, start, end)) return before.isKept;
  // A copy: what was fetched must not be kept for a name.
  const name = new Uint8Array(value.subarray(start, end));
  const field = { name, isKept: names.has(nameOf(name)) };
  known[index] = field;
  return field.isKept;
}

const decoder = new TextDecoder();

/** A name that is written with escapes is the same name. */
function nameOf(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  if (!text.includes("\\")) return text;
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

function isSame(name: Uint8Array, value: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let index = 0; index < name.length; index++) if (name[index] !== value[start + index]) return false;
  return true;
}

/** Many small values come out of one piece of memory: it is let go of with the last of them. */
const poolBytes = 65_536;
let pool = new Uint8Array(poolBytes);
let poolUsed = 0;

function allocate(bytes: number): Uint8Array {
  if (bytes > poolBytes / 8) return new Uint8Array(bytes);
  if (poolUsed + bytes > poolBytes) {
    pool = new Uint8Array(poolBytes);
    poolUsed = 0;
  }
  poolUsed += bytes;
  return pool.subarray(poolUsed - bytes, poolUsed);
}

/** @param runs start and end of each run of fields, one after the other */
function joined(value: Uint8Array, runs: readonly number[]): Uint8Array {
  let bytes = 1 + Math.max(1, runs.length / 2);
  for (let run = 0; run < runs.length; run += 2) bytes += (runs[run + 1] as number) - (runs[run] as number);
  const cut = allocate(bytes);
  cut[0] = openBrace;
  let at = 1;
  for (let run = 0; run < runs.length; run += 2) {
    if (run > 0) cut[at++] = comma;
    for (let from = runs[run] as number, to = runs[run + 1] as number; from < to; ) cut[at++] = value[from++] as number;
  }
  cut[at] = closeBrace;
  return cut;
}

const quote = 34;
const comma = 44;
const colon = 58;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}

function skipBlanks(value: Uint8Array, from: number): number {
  let at = from;
  while (isBlank(value[at])) at++;
  return at;
}

function isAtEnd(value: Uint8Array, at: number): boolean {
  return at <= value.length && skipBlanks(value, at) === value.length;
}

/** Past the closing quote; beyond the end where there is none. */
function afterText(value: Uint8Array, from: number): number {
  for (let at = from + 1; at < value.length; at++) {
    const byte = value[at];
    if (byte === quote) return at + 1;
    if (byte === backslash) at++;
  }
  return value.length + 1;
}

function afterValue(value: Uint8Array, from: number): number {
  const first = value[from];
  if (first === quote) return afterText(value, from);
  let at = from;
  if (first !== openBrace && first !== openBracket) {
    while (at < value.length && !isBlank(value[at]) && value[at] !== comma && value[at] !== closeBrace) at++;
    return at;
  }
  let depth = 0;
  while (at < value.length) {
    const byte = value[at];
    if (byte === quote) {
      at = afterText(value, at);
      continue;
    }
    if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === closeBrace || byte === closeBracket) depth--;
    at++;
    if (depth === 0) return at;
  }
  return value.length + 1;
}
