import { expect, it } from "vitest";
import { Output, type OutputStream } from "../../consumer/output.ts";
import { jsonPrinter, linePrinter, tablePrinter } from "../../consumer/printer.ts";
import { feedRecord, quoteOf } from "./records.ts";

/** A stream that a test fills and breaks. */
class FakeStream implements OutputStream {
  text = "";
  isFull = false;
  #drained: (() => void)[] = [];
  #failed: (error: NodeJS.ErrnoException) => void = () => undefined;

  write(chunk: Buffer | string): boolean {
    this.text += chunk.toString();
    return !this.isFull;
  }
  once(_event: "drain", listener: () => void) {
    this.#drained.push(listener);
  }
  on(_event: "error", listener: (error: NodeJS.ErrnoException) => void) {
    this.#failed = listener;
  }
  drain() {
    this.isFull = false;
    for (const listener of this.#drained.splice(0)) listener();
  }
  fail(code: string) {
    this.#failed(Object.assign(new Error(code), { code }));
  }
}

it("values are printed byte for byte as they were published, one a line", async () => {
  const stream = new FakeStream();
  const odd = '{"type":"quote",  "symbol":"É","midPrice":1.50}';
  await jsonPrinter(new Output(stream, () => undefined)).print([feedRecord(odd), feedRecord({ type: "gap" })]);
  expect(stream.text).toBe(`${odd}\n{"type":"gap"}\n`);
});

it("lines show quotes only", async () => {
  const stream = new FakeStream();
  await linePrinter(new Output(stream, () => undefined)).print([feedRecord({ type: "gap" }), feedRecord(quoteOf())]);
  expect(stream.text.split("\n")).toHaveLength(2);
});

it("a full stream holds the writer back until it drains", async () => {
  const stream = new FakeStream();
  stream.isFull = true;
  let isDone = false;
  const writing = new Output(stream, () => undefined).write("x").then(() => {
    isDone = true;
  });
  await Promise.resolve();
  expect(isDone).toBe(false);
  stream.drain();
  await writing;
  expect(isDone).toBe(true);
});

it("a reader that has gone ends the output quietly, even in the middle of a wait", async () => {
  const stream = new FakeStream();
  stream.isFull = true;
  let gone = 0;
  const output = new Output(stream, () => gone++);
  const writing = output.write("x");
  stream.fail("EPIPE");
  await writing;
  await output.write("never written");
  expect(gone).toBe(1);
  expect(stream.text).toBe("x");
});

it("any other fault of the stream is thrown", async () => {
  const stream = new FakeStream();
  const output = new Output(stream, () => undefined);
  stream.fail("ENOSPC");
  await expect(output.write("x")).rejects.toThrow("ENOSPC");
});

it("the live table is drawn over itself, the newest quote of each symbol, and the cursor comes back at the end", async () => {
  const stream = new FakeStream();
  const terminal = () => ({ columns: 0, rows: 0, hasColor: false });
  const printer = tablePrinter(new Output(stream, () => undefined), terminal, () => 0);
  await printer.print([feedRecord(quoteOf({ bidPrice: 1 })), feedRecord(quoteOf({ bidPrice: 2 }))]);
  await printer.close();
  const escapeCharacter = String.fromCharCode(27);
  expect(stream.text.startsWith(`${escapeCharacter}[?25l\rsymbol`)).toBe(true);
  expect(stream.text.match(/XXX +[\d.]+/g)?.at(-1)).toMatch(/ 2\.00$/);
  expect(stream.text.endsWith(`${escapeCharacter}[?25h`)).toBe(true);
});
