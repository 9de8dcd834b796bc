import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDashboardsClient, type DashboardsClient } from "../../../indexer/dashboards/dashboards-client.ts";
import { changedObjects, importObjects } from "../../../indexer/dashboards/import.ts";
import { savedObjects } from "../../../indexer/dashboards/saved-objects.ts";
import { type FakeDashboards, startFakeDashboards } from "./fake-dashboards.ts";
import type { LooseObject } from "./saved-object-rules.ts";

const objects = savedObjects("market-");
const basicAuth = { username: "admin", password: "not-a-secret" };
let server: FakeDashboards;
let client: DashboardsClient;

beforeEach(async () => {
  server = await startFakeDashboards();
  client = createDashboardsClient({ url: `${server.url}/`, basicAuth, ca: undefined });
});
afterEach(() => server.close());

describe("importing saved objects", () => {
  it("an import brings all of them; then there is nothing to change", async () => {
    expect((await changedObjects(objects, client)).every(({ change }) => change === "create")).toBe(true);
    await importObjects(objects, client);
    expect(server.held.size).toBe(objects.length);
    expect(await changedObjects(objects, client)).toEqual([]);
  });

  it("an object that someone has changed is told and replaced; the others stay as they are", async () => {
    await importObjects(objects, client);
    const key = "dashboard/bellwether-market-market";
    const there = server.held.get(key) as LooseObject;
    server.held.set(key, { ...there, attributes: { ...there.attributes, title: "Mine" } });
    const changed = await changedObjects(objects, client);
    expect(changed.map(({ object, change, details }) => [object.id, change, details])).toEqual([
      ["bellwether-market-market", "update", ['attributes.title: "Mine" becomes "[Bellwether] Market"']],
    ]);
    await importObjects(objects, client);
    expect(await changedObjects(objects, client)).toEqual([]);
  });

  it("requests say that no other site made them, who asks, and that the objects are for everyone", async () => {
    await importObjects(objects, client);
    expect(server.requests).toEqual(["POST /_dashboards/api/saved_objects/_import"]);
    expect(server.headers[0]).toMatchObject({
      "osd-xsrf": "true",
      securitytenant: "global",
      authorization: `Basic ${Buffer.from("admin:not-a-secret").toString("base64")}`,
    });
  });

  it("a refused object is named, with how many were taken", async () => {
    const first = objects.find(({ type }) => type === "visualization");
    const bad = objects.map((object) =>
      object === first ? { ...object, attributes: { ...object.attributes, notMapped: 1 } } : object,
    );
    await expect(importObjects(bad, client)).rejects.toMatchObject({
      code: "openSearchRejected",
      message: expect.stringMatching(`took ${objects.length - 1} of ${objects.length} objects.*${first?.id}: unknown`),
    });
  });

  it("a wrong path, and a server that is not there, are told with what to do and no password", async () => {
    const elsewhere = createDashboardsClient({ url: new URL(server.url).origin, basicAuth, ca: undefined });
    await expect(changedObjects(objects, elsewhere)).rejects.toMatchObject({
      code: "openSearchRejected",
      line: expect.stringContaining("its path included"),
    });
    await server.close();
    const error = await changedObjects(objects, client).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "openSearchUnreachable", retriable: true });
    expect(String(error)).not.toContain("not-a-secret");
    server = await startFakeDashboards();
  });
});
