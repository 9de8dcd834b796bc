import { expect, it } from "vitest";
import { topicsFor } from "../../consumer/topics.ts";
import type { RecordKind } from "../../consumer/values.ts";
import { topicNames } from "../../domain/topics.ts";

const names = topicNames("market.");
const all = Object.values(names);
const forKinds = (visible: readonly string[], ...kinds: RecordKind[]) =>
  topicsFor(kinds.length === 0 ? null : new Set(kinds), visible, "market.");

it("the pipeline's own topics hold all of their kinds, so that products are not looked at beside them", () => {
  const visible = [...all, "market.product.mids", "payments"];
  expect(forKinds(visible, "quote")).toEqual([names.enriched]);
  expect(forKinds(visible, "candle", "alert")).toEqual([names.candles, names.alerts]);
  expect(forKinds(visible)).toEqual([names.enriched, names.candles, names.alerts]);
});

it("where a topic of the pipeline is not shown, what else is shown are products; raw, state and dead letters never", () => {
  const visible = [
    names.candles,
    names.raw,
    names.state,
    names.deadLetter,
    "amznenhanced",
    "market.product.mids",
    "__x",
  ];
  expect(forKinds(visible, "quote")).toEqual(["amznenhanced", "market.product.mids"]);
  expect(forKinds(visible, "candle")).toEqual([names.candles]);
  expect(forKinds(visible)).toEqual([names.candles, "amznenhanced", "market.product.mids"]);
});

it("minute bars stand on products' topics alone", () => {
  expect(forKinds([...all, "amznenhanced"], "minuteBar")).toEqual(["amznenhanced"]);
});

it("who may see nothing of what is asked for is told so", () => {
  expect(() => forKinds([], "quote")).toThrow(expect.objectContaining({ code: "kafkaAuthorization" }));
  expect(() => forKinds([names.raw], "quote")).toThrow(/only market\.raw/);
});
