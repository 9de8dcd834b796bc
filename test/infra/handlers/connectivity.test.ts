import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { nothingToWaitFor } from "../../../infra/handlers/connectivity/decisions.ts";
import * as starter from "../../../infra/handlers/connectivity-start/handler.ts";
import * as waiter from "../../../infra/handlers/connectivity-wait/handler.ts";
import { withoutAws } from "../../support/aws-stand-in.ts";
import { clusterArn } from "../../support/fake-msk/fake-cluster.ts";
import { type FakeMsk, startFakeMsk, throttled } from "../../support/fake-msk/fake-msk.ts";
import { type Asked, type RunOptions, runResource } from "../../support/provider-framework.ts";

withoutAws();

let msk: FakeMsk;
beforeEach(async () => {
  msk = await startFakeMsk();
  vi.stubEnv("AWS_ENDPOINT_URL", msk.endpoint);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  msk.close();
  vi.restoreAllMocks();
});

const start = (type: Asked["type"] = "Create", options: RunOptions = {}) =>
  runResource(starter, { type, properties: { clusterArn } }, options);
const wait = (operation: unknown, handsOn: boolean, options: RunOptions = {}, type: Asked["type"] = "Create") =>
  runResource(waiter, { type, properties: { clusterArn, operation, handsOn: String(handsOn) } }, options);
const updates = () => msk.asked.filter(({ operation }) => operation === "UpdateConnectivity").map(({ body }) => body);

it("connectivity with SCRAM is switched on, in a request of nothing else, and waited for until the brokers have restarted", async () => {
  const { data } = await start();
  expect(updates()).toEqual([
    {
      currentVersion: "K1",
      connectivityInfo: { vpcConnectivity: { clientAuthentication: { sasl: { scram: { enabled: true } } } } },
    },
  ]);
  expect(msk.cluster.isScramConnected).toBe(false);
  const first = await wait(data["operation"], true);
  expect(first.looks).toBeGreaterThan(1);
  expect(msk.cluster.isScramConnected).toBe(true);
  expect((await wait(data["operation"], false)).looks).toBe(1);
});

it("a cluster that has it on already is left alone, and all three steps are done at once", async () => {
  msk.cluster.isScramConnected = true;
  for (const type of ["Create", "Update"] as const) {
    const { data, looks } = await start(type);
    expect({ data, looks }).toEqual({ data: { operation: nothingToWaitFor }, looks: 1 });
    expect((await wait(data["operation"], true)).looks).toBe(1);
  }
  expect(updates()).toEqual([]);
});

it("another update that is running is waited for, and then the version is the new one", async () => {
  msk.cluster.begin("UPDATE_BROKER_COUNT");
  const { looks } = await start();
  expect(looks).toBeGreaterThan(2);
  expect(updates()).toEqual([expect.objectContaining({ currentVersion: "K2" })]);
});

it("a request that is repeated, while the update runs or after it, begins no other", async () => {
  const { data, physicalResourceId } = await start();
  const again = await start();
  expect(again.data).toEqual(data);
  expect(again.physicalResourceId).toBe(physicalResourceId);
  await wait(data["operation"], true);
  expect((await start()).data).toEqual({ operation: nothingToWaitFor });
  expect(updates()).toHaveLength(1);
});

it("an answer that was lost is found out by the next look: the update goes on, and is not begun twice", async () => {
  msk.trouble("UpdateConnectivity", { kind: "lostAnswer" });
  const { data } = await start();
  expect(msk.cluster.operations.size).toBe(1);
  expect(data["operation"]).toBe([...msk.cluster.operations.keys()][0]);
  await wait(data["operation"], true);
  expect(msk.cluster.isScramConnected).toBe(true);
});

it("an update that begins between the look and the request is waited for", async () => {
  msk.cluster.looksBehind = 1;
  msk.cluster.begin("UPDATE_BROKER_STORAGE");
  await start();
  expect(updates().map(({ currentVersion }) => currentVersion)).toEqual(["K1", "K2"]);
});

it("a service that is busy or breaks off is asked again", async () => {
  msk.trouble("DescribeClusterV2", throttled);
  msk.trouble("UpdateConnectivity", throttled);
  const gone = { status: 503, type: "ServiceUnavailableException", message: "Later." };
  msk.trouble("DescribeClusterOperationV2", { kind: "fault", fault: gone });
  const { data } = await start();
  await wait(data["operation"], true);
  expect(msk.cluster.isScramConnected).toBe(true);
});

it("a service that stays busy is left to the next look", async () => {
  const fault = { status: 500, type: "InternalServerErrorException", message: "Broken." };
  for (let at = 0; at < 6; at++) msk.trouble("DescribeClusterV2", { kind: "fault", fault });
  vi.spyOn(Math, "random").mockReturnValue(0);
  expect((await start()).looks).toBe(2);
});

it("a request that MSK refuses fails with MSK's words", async () => {
  const fault = { status: 400, type: "BadRequestException", message: "Unsupported instance type." };
  msk.trouble("UpdateConnectivity", { kind: "fault", fault });
  await expect(start()).rejects.toThrow(/cannot switch connectivity on .*Unsupported instance type/);
  expect(updates()).toHaveLength(1);
});

it("a right that is missing fails at once, and says which service to look at", async () => {
  const fault = { status: 403, type: "ForbiddenException", message: "not authorized to kafka:UpdateConnectivity" };
  msk.trouble("UpdateConnectivity", { kind: "fault", fault });
  await expect(start()).rejects.toThrow(/not authorized to kafka:UpdateConnectivity.*rights of the role/);
});

it("an update that fails is told with its reason, whichever step sees it", async () => {
  msk.cluster.nextFailure = { code: "SubnetFull", text: "no address is left", leaves: "ACTIVE" };
  const { data } = await start();
  await expect(wait(data["operation"], true)).rejects.toThrow(/has failed \(SubnetFull: no address is left\)/);
  await expect(wait(data["operation"], false)).rejects.toThrow(/SubnetFull/);
  // The deployment that follows begins anew.
  expect((await start()).data["operation"]).not.toBe(data["operation"]);
});

it("a cluster that has FAILED is told with its reason by every step", async () => {
  msk.cluster.nextFailure = { code: "Broken", text: "a broker is lost", leaves: "FAILED" };
  const { data } = await start();
  const reason = /The cluster is FAILED \(Broken: a broker is lost\)/;
  await expect(wait(data["operation"], true)).rejects.toThrow(reason);
  await expect(start()).rejects.toThrow(reason);
});

it("each step ends within its hour: the first waiter hands on, the second and the starter say what they have waited for", async () => {
  const slow = await startFakeMsk({ looksPerUpdate: 1000 });
  vi.stubEnv("AWS_ENDPOINT_URL", slow.endpoint);
  try {
    slow.cluster.begin("UPDATE_BROKER_TYPE");
    await expect(start("Create", { looksMax: 5 })).rejects.toThrow("Operation timed out");
    const late = { agoMinutes: 51, looksMax: 5 };
    await expect(start("Create", late)).rejects.toThrow(/has been UPDATING \(UPDATE_BROKER_TYPE\) for 51 minutes/);
    const [operation] = slow.cluster.operations.keys();
    expect((await wait(operation, true, late)).looks).toBe(1);
    await expect(wait(operation, false, late)).rejects.toThrow(/UPDATING for more than 101 minutes.*Deploy again/);
  } finally {
    slow.close();
  }
});

it("a waiter that finds nothing switched on and nothing under way says so", async () => {
  await expect(wait(nothingToWaitFor, false)).rejects.toThrow(/is off, and nothing is switching it on/);
});

it("an update that MSK does not show yet is waited for", async () => {
  msk.trouble("DescribeClusterOperationV2", {
    kind: "fault",
    fault: { status: 404, type: "NotFoundException", message: "?" },
  });
  const { data } = await start();
  expect((await wait(data["operation"], false)).looks).toBeGreaterThan(1);
});

it("a rollback leaves connectivity as it is, and lets the cluster come to rest first", async () => {
  const { data } = await start();
  const deleted = await wait(data["operation"], false, {}, "Delete");
  expect(deleted.looks).toBeGreaterThan(1);
  expect((await start("Delete")).looks).toBe(1);
  expect(msk.cluster.isScramConnected).toBe(true);
  expect(updates()).toHaveLength(1);
  // A cluster that does not come to rest holds each step up for less than an hour.
  msk.cluster.state = "CREATING";
  expect((await start("Delete", { agoMinutes: 51 })).looks).toBe(1);
});

it("a cluster that is gone is no fault of a deletion, and one of a deployment", async () => {
  const other = { clusterArn: `${clusterArn.slice(0, -1)}7` };
  expect((await runResource(starter, { type: "Delete", properties: other })).looks).toBe(1);
  await expect(runResource(starter, { type: "Create", properties: other })).rejects.toThrow(/is not there/);
});

it("properties that are wired wrongly are told by their names", async () => {
  await expect(runResource(waiter, { type: "Create", properties: { clusterArn, handsOn: "yes" } })).rejects.toThrow(
    /The properties of Resource have faults: operation: .*; handsOn: /,
  );
});
