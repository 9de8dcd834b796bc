import { describe, expect, it } from "vitest";
import { providerResources, type ResolvedResource, resourceOf, resourcesOf } from "../../support/provider-template.ts";

const dev = providerResources("dev");
const prod = providerResources("prod");
const domainOf = (resources: readonly ResolvedResource[]) => resourceOf(resources, "AWS::OpenSearchService::Domain");

describe.each([
  ["dev", dev],
  ["prod", prod],
] as const)("OpenSearch in %s", (_, resources) => {
  const domain = domainOf(resources);

  it("is in private subnets of the VPC, and lets nobody in by itself", () => {
    const { SubnetIds, SecurityGroupIds } = domain.Properties.VPCOptions;
    for (const id of SubnetIds) {
      expect(resourceOf(resources, "AWS::EC2::Subnet", id).Properties.MapPublicIpOnLaunch).toBe(false);
    }
    const group = resourceOf(resources, "AWS::EC2::SecurityGroup", SecurityGroupIds[0].replace("-GroupId", ""));
    expect(group.Properties.SecurityGroupIngress).toBeUndefined();
  });

  it("speaks TLS 1.2 or later alone, and encrypts disks and what goes between nodes", () => {
    expect(domain.Properties).toMatchObject({
      DomainEndpointOptions: { EnforceHTTPS: true, TLSSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
      EncryptionAtRestOptions: { Enabled: true },
      NodeToNodeEncryptionOptions: { Enabled: true },
    });
    expect(domain.Properties.EncryptionAtRestOptions.KmsKeyId).toMatch(/^KeysData/);
  });

  it("has users of its own; the administrator's password is Secrets Manager's, and not in the template", () => {
    const { Enabled, InternalUserDatabaseEnabled, MasterUserOptions } = domain.Properties.AdvancedSecurityOptions;
    expect([Enabled, InternalUserDatabaseEnabled]).toEqual([true, true]);
    expect(MasterUserOptions.MasterUserPassword).toMatch(
      /^\{\{resolve:secretsmanager:arn:\S+:SecretString:password::\}\}$/,
    );
    for (const secret of resourcesOf(resources, "AWS::SecretsManager::Secret", "Search")) {
      expect(secret.Properties).not.toHaveProperty("SecretString");
      expect(secret.Properties.GenerateSecretString).toMatchObject({
        PasswordLength: 32,
        GenerateStringKey: "password",
      });
      expect(secret.Properties.KmsKeyId).toContain(":key/");
      expect([secret.DeletionPolicy, secret.UpdateReplacePolicy]).toEqual(["RetainExceptOnCreate", "Retain"]);
    }
  });

  it("logs who asked, what was slow and what went wrong, where the service may write", () => {
    const logs = domain.Properties.LogPublishingOptions;
    expect(Object.keys(logs).toSorted()).toEqual([
      "AUDIT_LOGS",
      "ES_APPLICATION_LOGS",
      "INDEX_SLOW_LOGS",
      "SEARCH_SLOW_LOGS",
    ]);
    const policy = resourceOf(resources, "AWS::Logs::ResourcePolicy");
    for (const { Enabled, CloudWatchLogsLogGroupArn } of Object.values<{
      Enabled: boolean;
      CloudWatchLogsLogGroupArn: string;
    }>(logs)) {
      expect(Enabled).toBe(true);
      expect(String(policy.Properties.PolicyDocument)).toContain(CloudWatchLogsLogGroupArn);
    }
    expect(domain.DependsOn).toContain(policy.id);
    expect(domain.DependsOn?.join()).toContain("ServiceRole");
  });

  it("is updated in place to a newer engine, and never lost by an update", () => {
    expect(domain["UpdatePolicy"]).toEqual({ EnableVersionUpgrade: true });
    expect(domain.UpdateReplacePolicy).toBe("Retain");
  });
});

it("OpenSearch in dev is one small node without masters; in prod three nodes in three zones with three masters", () => {
  expect(domainOf(dev).Properties.ClusterConfig).toMatchObject({
    InstanceType: "t3.small.search",
    InstanceCount: 1,
    DedicatedMasterEnabled: false,
    ZoneAwarenessEnabled: false,
  });
  expect(domainOf(dev).Properties.VPCOptions.SubnetIds).toHaveLength(1);
  expect(domainOf(prod).Properties.ClusterConfig).toMatchObject({
    InstanceCount: 3,
    DedicatedMasterEnabled: true,
    DedicatedMasterCount: 3,
    ZoneAwarenessEnabled: true,
    ZoneAwarenessConfig: { AvailabilityZoneCount: 3 },
  });
  expect(domainOf(prod).Properties.VPCOptions.SubnetIds).toHaveLength(3);
});

it("OpenSearch stays when a stack of prod goes, and goes with one of dev", () => {
  expect([domainOf(dev).DeletionPolicy, domainOf(prod).DeletionPolicy]).toEqual(["Delete", "RetainExceptOnCreate"]);
});

it("OpenSearch is set up before the indexer starts, with the indexer's user as the one that writes", () => {
  const setup = resourceOf(dev, "Custom::SearchSetup");
  expect(setup.Properties.settings).toMatchObject({ TOPIC_PREFIX: "market.", OPENSEARCH_WRITERS: "indexer" });
  const group = resourceOf(dev, "AWS::AutoScaling::AutoScalingGroup", "StagesIndexer");
  expect(group.DependsOn).toContain(setup.id);
  const indexer = resourceOf(dev, "AWS::SecretsManager::Secret", "SearchIndexer");
  expect(JSON.parse(indexer.Properties.GenerateSecretString.SecretStringTemplate)).toEqual({ username: "indexer" });
});
