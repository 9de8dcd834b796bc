import { CustomResource, Duration, Stack } from "aws-cdk-lib";
import { SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import { handlerRevision } from "../artefacts/bundle-handler.ts";
import { HandlerProvider } from "../artefacts/handler-provider.ts";
import type { SearchSetupProperties } from "../handlers/properties.ts";
import type { ProviderKeys } from "./keys.ts";
import type { ProviderNetwork } from "./network.ts";
import type { Search } from "./search.ts";
import { secretStatements } from "./secret-statements.ts";

/** What a set-up works on. */
export interface SearchSetupProps {
  readonly search: Search;
  readonly network: ProviderNetwork;
  readonly keys: ProviderKeys;
  /** Variables of `bellwether index setup`, but for where the domain is and who asks. */
  readonly settings: Readonly<Record<string, string>>;
  /** Another number runs the set-up again. */
  readonly passwordsRevision: number;
}

/** Makes the domain ready, as `bellwether index setup` does, from inside of the network: templates, policies, roles, the indexer's user, dashboards. */
export class SearchSetup extends Construct {
  constructor(scope: Construct, id: string, props: SearchSetupProps) {
    super(scope, id);
    const { search, network, keys, settings, passwordsRevision } = props;
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      vpc: network.vpc,
      description: "The function that sets OpenSearch up",
      allowAllOutbound: false,
    });
    search.allowFrom(securityGroup, "Set-up");
    network.allowEndpointsFrom(securityGroup, "Secrets Manager");
    const secrets = [search.masterSecret.secretArn, search.indexerSecret.secretArn];
    const provider = new HandlerProvider(this, "Provider", {
      handler: "search-setup",
      description: "Sets OpenSearch up",
      statements: secretStatements(Stack.of(this), secrets, keys.secrets),
      waits: { queryInterval: Duration.seconds(30), totalTimeout: Duration.minutes(55) },
      timeout: Duration.minutes(10),
      memoryMib: 512,
      network: { vpc: network.vpc, vpcSubnets: network.privateSubnets, securityGroups: [securityGroup] },
    });
    const properties: SearchSetupProperties = {
      endpoint: search.url,
      masterSecretArn: search.masterSecret.secretArn,
      indexerSecretArn: search.indexerSecret.secretArn,
      settings: { ...settings },
      passwordsRevision: String(passwordsRevision),
      revision: handlerRevision("search-setup"),
    };
    new CustomResource(this, "Setup", {
      resourceType: "Custom::SearchSetup",
      serviceToken: provider.serviceToken,
      serviceTimeout: Duration.minutes(59),
      properties,
    });
  }
}
