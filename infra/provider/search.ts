import { CfnDeletionPolicy, RemovalPolicy, SecretValue, Stack } from "aws-cdk-lib";
import { type IConnectable, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { CfnResourcePolicy, LogGroup } from "aws-cdk-lib/aws-logs";
import { CfnDomain } from "aws-cdk-lib/aws-opensearchservice";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { Sizes } from "../../domain/deployment/sizes.ts";
import { acknowledge } from "../guards/acknowledge.ts";
import type { ProviderKeys } from "./keys.ts";
import { logRetention } from "./log-retention.ts";
import type { ProviderNetwork } from "./network.ts";
import { SearchServiceRole } from "./search-service-role.ts";
import { indexerUser, searchUser } from "./search-user.ts";

/** What a domain is made of. */
export interface SearchProps {
  /** Of the deployment. */
  readonly name: string;
  readonly search: Sizes["search"];
  readonly network: ProviderNetwork;
  readonly keys: ProviderKeys;
  readonly zones: number;
  readonly logDays: number;
  /** Whether the domain outlives the stack. Replaced by an update it always stays. */
  readonly isRetained: boolean;
}

const domainNameLengthMax = 28;

/**
 * The OpenSearch domain, in the VPC's private subnets: users of its own (fine-grained access control), TLS 1.2 or later, encrypted on disk and between
 * nodes. Nobody reaches it but who is let in by `allowFrom`.
 */
export class Search extends Construct {
  readonly url: string;
  readonly domainName: string;
  readonly securityGroup: SecurityGroup;
  /** Of the domain's administrator: what sets it up reads it. */
  readonly masterSecret: Secret;
  /** Of the indexer's user, which the set-up makes. */
  readonly indexerSecret: Secret;

  constructor(scope: Construct, id: string, props: SearchProps) {
    super(scope, id);
    const { name, search, network, keys, zones, isRetained } = props;
    this.masterSecret = searchUser(this, "Master", { username: "admin", keys });
    this.indexerSecret = searchUser(this, "Indexer", { username: indexerUser, keys });
    this.securityGroup = new SecurityGroup(this, "SecurityGroup", {
      vpc: network.vpc,
      description: "OpenSearch",
      allowAllOutbound: false,
    });
    const { subnetIds } = network.vpc.selectSubnets(network.privateSubnets);
    const logs = this.#logs(props);
    const domain = new CfnDomain(this, "Domain", {
      domainName: name.slice(0, domainNameLengthMax),
      engineVersion: search.engineVersion,
      clusterConfig: clusterConfig(search, zones),
      ebsOptions: { ebsEnabled: true, volumeType: "gp3", volumeSize: search.volumeGib },
      vpcOptions: {
        subnetIds: subnetIds.slice(0, Math.min(search.nodes, zones)),
        securityGroupIds: [this.securityGroup.securityGroupId],
      },
      encryptionAtRestOptions: { enabled: true, kmsKeyId: keys.data.keyId },
      nodeToNodeEncryptionOptions: { enabled: true },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
      advancedSecurityOptions: {
        enabled: true,
        internalUserDatabaseEnabled: true,
        masterUserOptions: {
          masterUserName: "admin",
          // CloudFormation puts the value in when it deploys; the template has only the secret's name.
          masterUserPassword: this.#passwordReference(),
        },
      },
      accessPolicies: signedInOnly(this, name),
      logPublishingOptions: logs.options,
      softwareUpdateOptions: { autoSoftwareUpdateEnabled: true },
      offPeakWindowOptions: { enabled: true },
    });
    // A domain of a first deployment that fails is not kept: it would be in the way of the next one, by its name.
    domain.cfnOptions.deletionPolicy = isRetained
      ? CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE
      : CfnDeletionPolicy.DELETE;
    // One that stays goes on using its group, which then cannot be deleted either.
    if (isRetained) this.securityGroup.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    domain.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    // A newer engine is an update in place, and never a new domain.
    domain.cfnOptions.updatePolicy = { enableVersionUpgrade: true };
    domain.node.addDependency(new SearchServiceRole(this, "ServiceRole"), logs.policy);
    this.url = `https://${domain.attrDomainEndpoint}`;
    this.domainName = domain.ref;
    acknowledge(
      domain,
      "AwsSolutions-OS5",
      "Requests are signed in by user and password, which IAM's policy cannot see: fine-grained access control refuses every other, and the network lets in the indexer, the set-up, and what gives customers their roles alone.",
    );
    acknowledge(
      domain,
      "AwsSolutions-OS3",
      "Who can reach the domain at all is said by its security group: it is in a VPC.",
    );
    if (search.masters === 0) {
      acknowledge(domain, "AwsSolutions-OS4", "The lean profile has one node, which is its own master.");
      acknowledge(
        domain,
        "AwsSolutions-OS7",
        "The lean profile has one node, and so one zone: all it holds is on the log too.",
      );
    }
  }

  /** Lets something reach the domain, by HTTPS. */
  allowFrom(client: IConnectable, description: string): void {
    this.securityGroup.connections.allowFrom(client, Port.HTTPS, description);
  }

  #passwordReference(): string {
    return SecretValue.secretsManager(this.masterSecret.secretArn, { jsonField: "password" }).unsafeUnwrap();
  }

  /** Each kind into a group of its own, which the service may write to by the policy: a domain is refused before that is there. */
  #logs({ keys, logDays }: SearchProps) {
    const groups = logKinds.map(([kind, id]) => {
      const group = new LogGroup(this, id, {
        retention: logRetention(logDays),
        encryptionKey: keys.data,
        removalPolicy: RemovalPolicy.DESTROY,
      });
      return [kind, group] as const;
    });
    const { account } = Stack.of(this);
    const policy = new CfnResourcePolicy(this, "LogsPolicy", {
      policyName: `${Stack.of(this).stackName}-search-logs`,
      policyDocument: Stack.of(this).toJsonString({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "es.amazonaws.com" },
            Action: ["logs:PutLogEvents", "logs:CreateLogStream"],
            Resource: groups.map(([, group]) => group.logGroupArn),
            Condition: { StringEquals: { "aws:SourceAccount": account } },
          },
        ],
      }),
    });
    const options: Record<string, CfnDomain.LogPublishingOptionProperty> = Object.fromEntries(
      groups.map(([kind, group]) => [kind, { enabled: true, cloudWatchLogsLogGroupArn: group.logGroupArn }]),
    );
    return { options, policy };
  }
}

const logKinds = [
  ["AUDIT_LOGS", "AuditLog"],
  ["ES_APPLICATION_LOGS", "ApplicationLog"],
  ["SEARCH_SLOW_LOGS", "SlowSearches"],
  ["INDEX_SLOW_LOGS", "SlowIndexing"],
] as const;

function clusterConfig(search: Sizes["search"], zones: number): CfnDomain.ClusterConfigProperty {
  const { nodes, masters, instanceType, masterType } = search;
  const spread = Math.min(nodes, zones);
  return {
    instanceType,
    instanceCount: nodes,
    multiAzWithStandbyEnabled: false,
    zoneAwarenessEnabled: spread > 1,
    ...(spread > 1 ? { zoneAwarenessConfig: { availabilityZoneCount: spread } } : {}),
    dedicatedMasterEnabled: masters > 0,
    ...(masters > 0 ? { dedicatedMasterCount: masters, dedicatedMasterType: masterType } : {}),
  };
}

/** IAM lets requests of the network pass: who they are is for the domain's own users to prove. */
function signedInOnly(scope: Construct, name: string): object {
  const { partition, region, account } = Stack.of(scope);
  const domain = `arn:${partition}:es:${region}:${account}:domain/${name.slice(0, domainNameLengthMax)}`;
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "es:ESHttp*", Resource: `${domain}/*` }],
  };
}
