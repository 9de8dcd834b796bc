import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { ShortTexts } from "../../../domain/messages/short-texts.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const bytesOf = (text: string) => Buffer.from(`"${text}"`);
const at = (texts: ShortTexts, text: string) => texts.at(bytesOf(text), 1, text.length + 1);

it("gives the text of its bytes, whichever came before", () => {
  const texts = new ShortTexts();
  // Many more than there are places.
  const many = Array.from({ length: 60_000 }, (_, n) => n.toString(36).toUpperCase());
  for (const text of ["", "A", "BRK.B", "x".repeat(500), ...many, ...many.slice(0, 1000)])
    expect(at(texts, text)).toBe(text);
});

it("a text that is not taken is none, however often it comes, short or long", () => {
  const texts = new ShortTexts((text) => !text.includes("@"));
  for (const text of ["A@B", "A@B", `${"x".repeat(40)}@`, `${"x".repeat(40)}@`]) expect(at(texts, text)).toBeNull();
  expect(at(texts, "AB")).toBe("AB");
});

it("long texts are not remembered: they would fill the memory", () => {
  const texts = new ShortTexts();
  const heapUsed = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heapUsed();
  for (let n = 0; n < 400; n++) at(texts, `${n}${"x".repeat(300_000)}`);
  expect(heapUsed() - before).toBeLessThan(30_000_000);
});
