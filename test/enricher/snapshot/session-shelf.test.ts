import { expect, it } from "vitest";
import { SessionShelf } from "../../../enricher/snapshot/session-shelf.ts";
import type { SessionSnapshot } from "../../../enricher/snapshot/snapshot-reader.ts";

const session = (date: string, offset: number, symbols = ["A", "#partition"]): SessionSnapshot => ({
  date,
  offset,
  keys: symbols.map((symbol) => `${symbol}@${date}`),
});

it("D2: session snapshots are kept until the raw log has passed them, and each goes once", () => {
  const shelf = new SessionShelf([session("2018-01-03", 10), session("2018-01-04", 20)]);
  expect(shelf.takePassed(10)).toEqual([]);
  expect(shelf.takePassed(11)).toEqual(["A@2018-01-03", "#partition@2018-01-03"]);
  expect(shelf.takePassed(20)).toEqual([]);
  shelf.add(session("2018-01-05", 30));
  expect(shelf.takePassed(21)).toEqual(["A@2018-01-04", "#partition@2018-01-04"]);
  expect(shelf.takePassed(21)).toEqual([]);
});

it("D2: the latest session needs no second snapshot, until its own is passed", () => {
  const shelf = new SessionShelf([session("2018-01-04", 20), session("2018-01-03", 10)]);
  expect(shelf.latestDate).toBe("2018-01-04");
  shelf.add(session("2018-01-05", 30));
  expect(shelf.latestDate).toBe("2018-01-05");
  shelf.takePassed(31);
  expect(shelf.latestDate).toBeNull();
});

it("D2: a session snapshot that cannot be read is no snapshot, and goes at once", () => {
  const shelf = new SessionShelf([session("2018-01-03", 10), session("2031-01-02", -1)]);
  expect(shelf.latestDate).toBe("2018-01-03");
  expect(shelf.takePassed(0)).toEqual(["A@2031-01-02", "#partition@2031-01-02"]);
});

it("D2: what a new snapshot of a session does not replace of an unreadable one has to go", () => {
  const shelf = new SessionShelf([session("2018-01-03", -1, ["A", "B", "#partition"])]);
  expect(shelf.add(session("2018-01-03", 40, ["A", "C", "#partition"]))).toEqual(["B@2018-01-03"]);
  expect(shelf.takePassed(40)).toEqual([]);
  expect(shelf.latestDate).toBe("2018-01-03");
});
