import { afterEach, expect, it, vi } from "vitest";
import * as clientSubnets from "../../../infra/handlers/client-subnets/handler.ts";
import * as feedZones from "../../../infra/handlers/feed-zones/handler.ts";
import { withoutAws } from "../../support/aws-stand-in.ts";
import { clusterArn } from "../../support/fake-msk/fake-cluster.ts";
import { type FakeMsk, startFakeMsk } from "../../support/fake-msk/fake-msk.ts";
import { runResource } from "../../support/provider-framework.ts";

withoutAws();

let msk: FakeMsk;
async function cluster(zoneIds: readonly string[], isScramConnected = true) {
  msk = await startFakeMsk({ zoneIds });
  msk.cluster.isScramConnected = isScramConnected;
  vi.stubEnv("AWS_ENDPOINT_URL", msk.endpoint);
}
afterEach(() => msk?.close());

const lookUp = (type: "Create" | "Update" | "Delete" = "Create") =>
  runResource(feedZones, { type, properties: { clusterArn }, physicalResourceId: clusterArn });
const bootstrapBrokers = "b-1.scram.vpce.example:14001,b-2.scram.vpce.example:14001";

it("the cluster's zones and the brokers of multi-VPC connectivity are looked up, in one order however MSK tells them", async () => {
  await cluster(["use1-az4", "use1-az1", "use1-az6"]);
  const found = await lookUp();
  expect(found.data).toEqual({ zoneId1: "use1-az1", zoneId2: "use1-az4", zoneId3: "use1-az6", bootstrapBrokers });
  msk.close();
  await cluster(["use1-az6", "use1-az4", "use1-az1"]);
  expect(await lookUp("Update")).toEqual(found);
});

it("of a cluster of two zones the first stands in for the third, and its second subnet is left out", async () => {
  await cluster(["use1-az4", "use1-az1"]);
  const { zoneId1, zoneId2, zoneId3 } = (await lookUp()).data;
  const properties = { zoneIds: [zoneId1, zoneId2, zoneId3], subnetIds: ["subnet-a", "subnet-b", "subnet-c"] };
  const chosen = await runResource(clientSubnets, { type: "Create", properties });
  expect(chosen.data).toEqual({ subnetIds: ["subnet-a", "subnet-b"] });
});

it("of a cluster of three zones every subnet is taken", async () => {
  const properties = { zoneIds: ["a", "b", "c"], subnetIds: ["subnet-a", "subnet-b", "subnet-c"] };
  const chosen = await runResource(clientSubnets, { type: "Update", properties });
  expect(chosen.data).toEqual({ subnetIds: properties.subnetIds });
});

it("a cluster that nobody can connect to from outside is told as such", async () => {
  await cluster(["use1-az4", "use1-az1"], false);
  await expect(lookUp()).rejects.toThrow(/does not take connections from other accounts.*Ask the provider/);
});

it("an account that the provider has not let in is told so", async () => {
  await cluster(["use1-az4", "use1-az1"]);
  const fault = { status: 403, type: "ForbiddenException", message: "not authorized" };
  msk.trouble("DescribeClusterV2", { kind: "fault", fault });
  await expect(lookUp()).rejects.toThrow(/not authorized/);
});

it("there is nothing to delete, and nothing is asked for it", async () => {
  await cluster(["use1-az4", "use1-az1"]);
  await lookUp("Delete");
  await runResource(clientSubnets, { type: "Delete", properties: {} });
  expect(msk.asked).toEqual([]);
});
