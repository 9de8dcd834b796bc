import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { countsFor } from "../../../domain/messages/sale-conditions.ts";

const tapes = ["A", "B", "C"];

it.each([[[]], [["@"]], [[""]], [[" "]], [["F"]], [["T"]], [["O"]], [["5"]], [["6"]], [["X"]], [["L"]], [["@", "T"]]])(
  "W5: a sale with the conditions %j counts whole",
  (conditions) => {
    for (const tape of tapes) expect(countsFor(conditions, tape)).toBe("all");
  },
);

it.each(["C", "H", "I", "N", "P", "R", "U", "V", "Z", "4", "7"])("W5: %s counts for volume only", (code) => {
  for (const tape of tapes) expect(countsFor([code], tape)).toBe("volume");
});

it.each(["M", "Q", "9"])("W5: %s counts for nothing: it repeats a print", (code) => {
  for (const tape of tapes) expect(countsFor([code], tape)).toBe("nothing");
});

it("W5: B, G and W mean other things on tape C", () => {
  const all = (code: string) => tapes.map((tape) => countsFor([code], tape));
  expect(all("B")).toEqual(["volume", "volume", "all"]);
  expect(all("G")).toEqual(["all", "all", "volume"]);
  expect(all("W")).toEqual(["all", "all", "volume"]);
});

it("W5: of several conditions the strictest wins, wherever it stands", () => {
  expect(countsFor(["F", "T", "I"], "A")).toBe("volume");
  expect(countsFor(["I", "@"], "A")).toBe("volume");
  expect(countsFor(["I", "M"], "A")).toBe("nothing");
  expect(countsFor(["M", "I"], "C")).toBe("nothing");
});

it("W5: an unknown code counts as a regular sale, beside a known one too", () => {
  for (const tape of tapes) expect(countsFor(["?"], tape)).toBe("all");
  expect(countsFor(["?", "I"], "A")).toBe("volume");
  expect(countsFor(["MQ"], "A")).toBe("all");
});

it("W5: a tape that is none of the three goes by the CTA's codes", () => {
  expect(countsFor(["B"], "")).toBe("volume");
});

interface Row {
  readonly tape: "CTA" | "UTP";
  readonly code: string;
  readonly alpacaMinute: { readonly openClose: string; readonly highLow: boolean; readonly volume: boolean } | null;
}

const source = "../shared/data/sale-conditions.json";

describe.skipIf(!existsSync(source))("the table of sale conditions", () => {
  const { rows } = JSON.parse(readFileSync(source, "utf8")) as { rows: readonly Row[] };

  it.each(rows.map((row) => [row.tape, row.code, row] as const))(
    "W5: %s %j is as its source says",
    (tape, code, row) => {
      const minute = row.alpacaMinute;
      // Where Alpaca says nothing, the code is taken for a regular sale.
      const expected = minute === null || minute.highLow ? "all" : minute.volume ? "volume" : "nothing";
      expect(minute === null || (minute.openClose === "yes") === minute.highLow).toBe(true);
      for (const letter of tape === "UTP" ? ["C"] : ["A", "B"]) expect(countsFor([code], letter)).toBe(expected);
    },
  );
});
