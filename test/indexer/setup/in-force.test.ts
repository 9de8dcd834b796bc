import { describe, expect, it } from "vitest";
import { carryOut } from "../../../indexer/setup/carry-out.ts";
import { readPolicy } from "../../../indexer/setup/in-force.ts";
import type { Step } from "../../../indexer/setup/step.ts";
import { stubOpenSearch } from "./stub-open-search.ts";

const explained = {
  "market-quotes-2026.03.01": { "index.plugins.index_state_management.policy_id": "market-retention", index: "x" },
  "market-quotes-2026.03.02": { "index.plugins.index_state_management.policy_id": null },
  "market-quotes-latest": { "index.plugins.index_state_management.policy_id": null },
  total_managed_indices: 1,
};

describe("reading Index State Management", () => {
  it("a node without the plugin knows no such path, and answers 400", async () => {
    expect(
      await readPolicy(
        stubOpenSearch(() => ({ status: 400 })),
        "market-",
      ),
    ).toBeNull();
  });

  it("where there is no policy yet, the indices are told all the same; those of others are left out", async () => {
    const stub = stubOpenSearch(({ path }) =>
      path.includes("/policies/") ? { status: 404 } : { status: 200, body: explained },
    );
    expect(await readPolicy(stub, "market-")).toEqual({
      policy: null,
      managedBy: new Map([
        ["market-quotes-2026.03.01", "market-retention"],
        ["market-quotes-2026.03.02", null],
      ]),
    });
  });

  it("a policy comes with what its replacement must name", async () => {
    const body = { _id: "market-retention", _version: 3, _seq_no: 7, _primary_term: 2, policy: { description: "d" } };
    const stub = stubOpenSearch(({ path }) => (path.includes("/policies/") ? { status: 200, body } : { status: 404 }));
    expect(await readPolicy(stub, "market-")).toEqual({
      policy: { body: { description: "d" }, seqNo: 7, primaryTerm: 2 },
      managedBy: new Map(),
    });
  });

  it("missing rights are no missing plugin", async () => {
    await expect(
      readPolicy(
        stubOpenSearch(() => ({ status: 403 })),
        "market-",
      ),
    ).rejects.toMatchObject({ status: 403 });
  });
});

describe("carrying out", () => {
  const step = (change: Step["change"], ...requests: Step["requests"]): Step => ({
    change,
    subject: "index x",
    details: [],
    requests,
  });
  const compress = step(
    "compress",
    { method: "POST", path: "/x/_close" },
    { method: "PUT", path: "/x/_settings" },
    { method: "POST", path: "/x/_open", evenAfterFailure: true },
    { method: "POST", path: "/x/_forcemerge" },
  );

  it("an index that was closed is opened even where what was to be done meanwhile has failed; the failure is told", async () => {
    const stub = stubOpenSearch(({ path }) => ({ status: path.endsWith("_settings") ? 500 : 200 }));
    const done: string[] = [];
    await expect(carryOut([compress], stub, ({ subject }) => done.push(subject))).rejects.toMatchObject({
      status: 500,
    });
    expect(stub.sent).toEqual(["POST /x/_close", "PUT /x/_settings", "POST /x/_open"]);
    expect(done).toEqual([]);
  });

  it("an index that another instance has deleted first is deleted", async () => {
    const stub = stubOpenSearch(() => ({ status: 404 }));
    const done: string[] = [];
    await carryOut([step("delete", { method: "DELETE", path: "/x" })], stub, ({ subject }) => done.push(subject));
    expect(done).toEqual(["index x"]);
  });
});
