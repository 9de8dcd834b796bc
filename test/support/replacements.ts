import { at, resourcesOf, type Template } from "../../infra/guards/template.ts";

/**
 * The properties that CloudFormation cannot change on a resource that is there: it makes another, and gives the first one up. From the resource types'
 * schemas (createOnlyProperties, conditional ones too).
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-msk-cluster.html
 */
const createOnly: Readonly<Record<string, readonly string[]>> = {
  "AWS::MSK::Cluster": [
    "ClusterName",
    "BrokerNodeGroupInfo.BrokerAZDistribution",
    "BrokerNodeGroupInfo.ClientSubnets",
    "BrokerNodeGroupInfo.SecurityGroups",
    "EncryptionInfo.EncryptionAtRest",
    "EncryptionInfo.EncryptionInTransit.InCluster",
  ],
  "AWS::MSK::Configuration": ["Name", "KafkaVersionsList"],
  "AWS::MSK::Topic": ["ClusterArn", "TopicName", "ReplicationFactor"],
  "AWS::KMS::Key": [],
  "AWS::SecretsManager::Secret": ["Name"],
  "AWS::S3::Bucket": ["BucketName", "BucketNamePrefix", "BucketNamespace"],
  // A volume's zone is no create-only property of the schema, but an update of it fails.
  "AWS::EC2::Volume": ["AvailabilityZone", "Encrypted", "KmsKeyId", "SnapshotId"],
  "AWS::EC2::VPC": ["CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "InstanceTenancy"],
  "AWS::EC2::Subnet": ["VpcId", "AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "Ipv6CidrBlock"],
  "AWS::OpenSearchService::Domain": [
    "DomainName",
    "EngineMode",
    "EncryptionAtRestOptions.Enabled",
    "EncryptionAtRestOptions.KmsKeyId",
    "AdvancedSecurityOptions.Enabled",
  ],
};

/**
 * What an update from one template to another would replace or delete, of these types, one text each: the resource, and which property, or that it is gone.
 * @throws Error for a type of which the create-only properties are not known here
 */
export function replacements(before: Template, after: Template, types: readonly string[]): readonly string[] {
  return types.flatMap((type) => {
    const paths = createOnly[type];
    if (paths === undefined) throw new Error(`${type}: its create-only properties are not known.`);
    return resourcesOf(before, type).flatMap(({ logicalId, Properties }) => {
      const next = after.Resources?.[logicalId];
      if (next?.Type !== type) return [`${logicalId}: gone`];
      return paths
        .filter((path) => valueText(Properties, path) !== valueText(next.Properties, path))
        .map((path) => `${logicalId}: ${path}`);
    });
  });
}

function valueText(properties: unknown, path: string): string | undefined {
  return JSON.stringify(at(properties, ...path.split(".")));
}
