import { describe, expect, it } from "vitest";
import { desiredState } from "../../../../domain/entitlements/desired-state.ts";
import { topicNames } from "../../../../domain/topics.ts";
import { type StageName, stageKafkaRights } from "../../../../infra/provider/stages/stage-statements.ts";
import type { AclSpec } from "../../../../runtime/kafka/admin-types.ts";
import { productRights, stageRights } from "../../../../runtime/kafka/stage-rights.ts";
import { exampleProvider } from "../../../support/infra-app.ts";

const prefix = "market.";
const { topics, distributorRights } = desiredState(exampleProvider().entitlements, prefix);
const byIam = stageKafkaRights(prefix, distributorRights);
const byAcl = [...stageRights(topicNames(prefix), prefix), ...productRights(topics.map(({ topic }) => topic))];

const names = (stage: StageName, wanted: Partial<AclSpec>) =>
  byAcl
    .filter((acl) => acl.principal === `User:${stage}`)
    .filter((acl) => Object.entries(wanted).every(([key, value]) => acl[key as keyof AclSpec] === value))
    .map(({ name }) => name)
    .toSorted();

describe("what a stage may do in the cluster", () => {
  it.each(["producer", "enricher", "indexer", "distributor"] as const)(
    "D1: the %s by IAM just what its ACLs are elsewhere",
    (stage) => {
      const { read = [], write = [], groups = [], transactionalIds = [], describeAcls = false, ...more } = byIam[stage];
      expect(read.toSorted()).toEqual(names(stage, { resource: "topic", operation: "read" }));
      expect(write.toSorted()).toEqual(names(stage, { resource: "topic", operation: "write" }));
      expect(groups.toSorted()).toEqual(names(stage, { resource: "group" }));
      expect(transactionalIds.toSorted()).toEqual(names(stage, { resource: "transactionalId" }));
      expect(describeAcls).toBe(names(stage, { resource: "cluster" }).length > 0);
      expect(more).toEqual({});
    },
  );

  it("D1: the producer writes the raw log, and reads nothing", () => {
    expect(byIam.producer).toEqual({ write: ["market.raw"] });
  });

  it("D1: the distributor sees ACLs only where there are marks to see", () => {
    expect(stageKafkaRights(prefix, []).distributor.describeAcls).toBe(false);
  });
});
