import { CustomResource, Duration, Stack } from "aws-cdk-lib";
import { SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { handlerRevision } from "../artefacts/bundle-handler.ts";
import { HandlerProvider } from "../artefacts/handler-provider.ts";
import { acknowledgeWildcards } from "../guards/acknowledge.ts";
import type { EntitlementsProperties } from "../handlers/properties.ts";
import type { FeedCluster } from "./cluster.ts";
import { EntitlementsOperator } from "./entitlements-operator.ts";
import { kafkaStatements } from "./kafka-policy.ts";
import type { ProviderKeys } from "./keys.ts";
import type { ProviderNetwork } from "./network.ts";
import { rulesFrom } from "./rules-from.ts";
import type { Search } from "./search.ts";
import { secretArn, secretStatements } from "./secret-statements.ts";

/** What the entitlements are made to hold in. */
export interface EntitlementsResourceProps {
  readonly cluster: FeedCluster;
  /** Where customers have their roles too. */
  readonly search: Search;
  readonly network: ProviderNetwork;
  readonly keys: ProviderKeys;
  readonly prefix: string;
  /** The text of entitlements.yaml: a change in it is what makes CloudFormation call. */
  readonly document: string;
}

/**
 * Makes the entitlements hold on each deployment, in Kafka and in OpenSearch: `bellwether entitlements apply` in a function inside of the network. No
 * password is ever in the template: the function makes them, and Secrets Manager keeps them.
 */
export class EntitlementsResource extends Construct {
  /** Rotates one user's password. */
  readonly rotateCommand: string;

  constructor(scope: Construct, id: string, props: EntitlementsResourceProps) {
    super(scope, id);
    const { cluster, search, network, keys, prefix, document } = props;
    const { clusterArn } = cluster;
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      vpc: network.vpc,
      description: "The function that applies the entitlements",
      allowAllOutbound: false,
    });
    cluster.allowIamFrom(securityGroup, "Entitlements");
    cluster.allowScramFrom(securityGroup, "Entitlements: proves that new users can sign in");
    search.allowFrom(securityGroup, "Entitlements: customers' roles and users");
    network.allowEndpointsFrom(securityGroup, "Secrets Manager, MSK");
    const statements = [
      ...inTheCluster(clusterArn),
      ...ofSecrets(this, prefix),
      ...ofKeys(this, keys),
      ...ofMsk(clusterArn),
      ...secretStatements(Stack.of(this), [search.masterSecret.secretArn], keys.secrets),
    ];
    acknowledgeWildcards(
      this,
      statements,
      "Products' topics can have any name, groups to be deleted are those of users that no file names any more, secrets' ARNs end with characters of the service's, and ListSecrets and GetBootstrapBrokers take no resource.",
    );
    const placed = { vpc: network.vpc, vpcSubnets: network.privateSubnets, securityGroups: [securityGroup] };
    const provider = new HandlerProvider(this, "Provider", {
      handler: "entitlements",
      description: "Applies the entitlements",
      statements,
      waits: { queryInterval: Duration.seconds(30), totalTimeout: Duration.minutes(55) },
      timeout: Duration.minutes(15),
      memoryMib: 512,
      network: placed,
    });
    const properties: EntitlementsProperties = {
      document,
      topicPrefix: prefix,
      clusterArn,
      bootstrapBrokers: cluster.iamBootstrap,
      kmsKeyArn: keys.secrets.keyArn,
      searchEndpoint: search.url,
      searchSecretArn: search.masterSecret.secretArn,
      revision: handlerRevision("entitlements"),
    };
    const resource = new CustomResource(this, "Entitlements", {
      resourceType: "Custom::Entitlements",
      serviceToken: provider.serviceToken,
      serviceTimeout: Duration.minutes(59),
      properties,
    });
    // The way is open before the function is called and, when the stack goes, until it has taken the users away.
    const groups = [cluster.securityGroup, search.securityGroup, network.endpointsSecurityGroup];
    resource.node.addDependency(securityGroup, ...groups.flatMap((group) => rulesFrom(securityGroup, group)));
    // It knows a new file when that is in force, and goes before the users do.
    const operator = new EntitlementsOperator(this, "Operator", { properties, statements, network: placed });
    operator.node.addDependency(resource);
    this.rotateCommand = operator.rotateCommand;
  }
}

/** Products' topics can have any name (`topic` in the file), and users who are gone had groups that no file names any more. */
function inTheCluster(clusterArn: string): readonly PolicyStatement[] {
  return kafkaStatements({ clusterArn }, { manage: ["*"], deleteGroups: [""], alterAcls: true });
}

function ofSecrets(scope: Construct, prefix: string): readonly PolicyStatement[] {
  const named = (beginning: string) => secretArn(Stack.of(scope), `${beginning}*`);
  const actions = ["CreateSecret", "PutSecretValue", "GetSecretValue", "DescribeSecret", "DeleteSecret", "TagResource"];
  const policies = ["PutResourcePolicy", "GetResourcePolicy", "DeleteResourcePolicy"];
  return [
    new PolicyStatement({
      actions: [...actions, ...policies].map((action) => `secretsmanager:${action}`),
      resources: [named(`AmazonMSK_${prefix}`), named(`${prefix}customer.`)],
    }),
    new PolicyStatement({ actions: ["secretsmanager:ListSecrets"], resources: ["*"] }),
  ];
}

/** Secrets are encrypted through Secrets Manager only; a grant lets MSK read the users' ones, and nobody else. */
function ofKeys(scope: Construct, { secrets }: ProviderKeys): readonly PolicyStatement[] {
  const { region } = Stack.of(scope);
  return [
    new PolicyStatement({
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [secrets.keyArn],
      conditions: { StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` } },
    }),
    new PolicyStatement({
      actions: ["kms:CreateGrant"],
      resources: [secrets.keyArn],
      conditions: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    }),
    new PolicyStatement({ actions: ["kms:DescribeKey", "kms:RetireGrant"], resources: [secrets.keyArn] }),
  ];
}

function ofMsk(clusterArn: string): readonly PolicyStatement[] {
  const actions = [
    "BatchAssociateScramSecret",
    "BatchDisassociateScramSecret",
    "ListScramSecrets",
    "DescribeClusterV2",
  ];
  return [
    new PolicyStatement({ actions: actions.map((action) => `kafka:${action}`), resources: [clusterArn] }),
    // Where users sign in, to prove that a new one can. It takes no resource: MSK says so.
    new PolicyStatement({ actions: ["kafka:GetBootstrapBrokers"], resources: ["*"] }),
  ];
}
