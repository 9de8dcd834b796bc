import { describe, expect, it } from "vitest";
import type { Entry, EntryState } from "../../../../cli/verify/opensearch/entry.ts";
import { judge } from "../../../../cli/verify/opensearch/judge.ts";

function entry(state: EntryState, version = 1, digest: string | null = `v${version}`): Entry {
  return { state, index: "market-candles-2018.01.03", id: "x", version, digest, place: null };
}

/** Entries as "due 2", "ahead 3"; the stored one last. */
function verdict(published: readonly Entry[], stored: Entry | null) {
  return judge({ published, stored });
}

describe("a document of one version", () => {
  it("is equal where what is due is stored", () => {
    expect(verdict([entry("due")], entry("stored"))).toBe("equal");
  });

  it("is missing where it is due and not stored, and need not be stored before the indexer has committed it", () => {
    expect(verdict([entry("due")], null)).toBe("missing");
    expect(verdict([entry("ahead")], null)).toBe("ahead");
    expect(verdict([entry("ahead")], entry("stored"))).toBe("ahead");
  });

  it("is different where another source is stored, committed or not", () => {
    expect(verdict([entry("due")], entry("stored", 1, "else"))).toBe("different");
    expect(verdict([entry("ahead")], entry("stored", 1, "else"))).toBe("different");
  });

  it("is unmatched where no topic holds it", () => {
    expect(verdict([], entry("stored"))).toBe("unmatched");
    expect(verdict([entry("rejected")], entry("stored"))).toBe("unmatched");
  });

  it("may be either of two records with one id", () => {
    const both = [entry("due", 1, "one"), entry("due", 1, "two")];
    expect(verdict(both, entry("stored", 1, "two"))).toBe("equal");
    expect(verdict(both, entry("stored", 1, "three"))).toBe("different");
  });

  it("D5: is neither missing nor stored where the indexer has dead-lettered it", () => {
    expect(verdict([entry("due"), entry("rejected")], null)).toBe("deadLettered");
    expect(verdict([entry("due"), entry("rejected")], entry("stored"))).toBe("equal");
    expect(verdict([entry("due"), entry("rejected")], entry("stored", 1, "else"))).toBe("different");
  });
});

describe("D4: a candle of several revisions", () => {
  const due = [entry("due", 1), entry("due", 3), entry("due", 2)];

  it("is equal with its highest, and different with an older one", () => {
    expect(verdict(due, entry("stored", 3))).toBe("equal");
    expect(verdict(due, entry("stored", 2))).toBe("different");
  });

  it("may be ahead of what is committed, but not of every topic", () => {
    const withNext = [...due, entry("ahead", 4)];
    expect(verdict(withNext, entry("stored", 3))).toBe("equal");
    expect(verdict(withNext, entry("stored", 4))).toBe("equal");
    expect(verdict(withNext, entry("stored", 4, "else"))).toBe("different");
    expect(verdict(withNext, entry("stored", 5))).toBe("different");
  });

  it("is not missed at a revision that was dead-lettered", () => {
    expect(verdict([...due, entry("rejected", 3)], entry("stored", 2))).toBe("equal");
    expect(verdict([...due, entry("rejected", 3)], entry("stored", 1))).toBe("different");
  });

  it("is for its age to explain where only a revision that no topic holds is stored", () => {
    expect(verdict([entry("ahead", 2)], entry("stored", 1))).toBe("unmatched");
  });
});
