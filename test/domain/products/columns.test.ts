import { expect, it } from "vitest";
import { columnCut } from "../../../domain/products/columns.ts";

const encoder = new TextEncoder();

function cut(text: string, ...names: string[]): string | null {
  const kept = columnCut(new Set(names))(encoder.encode(text));
  return kept === null ? null : new TextDecoder().decode(kept);
}

const record =
  '{"type":"trade","symbol":"XXX","tradeId":90071992547409931,"price":1.10,"quality":["late","x]"],"w":{"a":"}"}}';

it("keeps the fields named in the record's order, whatever the order of the names", () => {
  expect(cut(record, "w", "symbol", "type")).toBe('{"type":"trade","symbol":"XXX","w":{"a":"}"}}');
});

it("keeps every digit of a number: an id beyond 2^53, a trailing zero", () => {
  expect(cut(record, "tradeId", "price")).toBe('{"tradeId":90071992547409931,"price":1.10}');
});

it("gives the very same bytes where nothing goes", () => {
  const bytes = encoder.encode('{ "a" : 1 , "b":[1,2] }\n');
  expect(columnCut(new Set(["a", "b"]))(bytes)).toBe(bytes);
});

it("passes over brackets, commas and quotes inside of texts", () => {
  expect(cut('{"a":"x\\",}]","b":{"c":["]","{"]},"d":null}', "d")).toBe('{"d":null}');
  expect(cut('{"a":"x\\\\","b":2}', "a")).toBe('{"a":"x\\\\"}');
});

it("takes a name written with escapes for the same name: nobody gets a field by its spelling, or loses one", () => {
  expect(cut('{"\\u0061":1,"b":2}', "a")).toBe('{"\\u0061":1}');
  expect(cut('{"\\u0061":1,"b":2}', "b")).toBe('{"b":2}');
});

it("tells fields apart when records of other fields come in between", () => {
  const kept = columnCut(new Set(["a"]));
  const texts = ['{"a":1,"b":2}', '{"b":1,"a":2}', '{"c":3}', "{}", '{"a":4}'];
  const made = texts.map((text) => new TextDecoder().decode(kept(encoder.encode(text)) ?? new Uint8Array()));
  expect(made).toEqual(['{"a":1}', '{"a":2}', "{}", "{}", '{"a":4}']);
});

it.each([
  "",
  "null",
  "[1]",
  '"a"',
  "{",
  '{"a"',
  '{"a":',
  '{"a":}',
  '{"a":1',
  '{"a":1,',
  '{"a":1,}',
  '{"a":"1}',
  '{"a":[1}',
  '{"a":1}}',
  '{"a":1}x',
  "{a:1}",
  '{"a" 1}',
  '{"a":1 "b":2}',
])("finds no object in %j", (text) => {
  expect(cut(text, "a")).toBeNull();
});
