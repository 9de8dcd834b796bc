import { Fn } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";

/** What a role may do in the cluster by IAM. Topics are whole names; groups and transactional ids are beginnings of names. */
export interface KafkaRights {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  /** Topics that may be made, changed and deleted; one that ends with `*` is the beginning of names. */
  readonly manage?: readonly string[];
  /** Groups to be a member of. */
  readonly groups?: readonly string[];
  /** Groups whose positions may be seen, and no more. */
  readonly describeGroups?: readonly string[];
  /** Groups that may be seen and deleted; the empty text is the beginning of every group. */
  readonly deleteGroups?: readonly string[];
  readonly transactionalIds?: readonly string[];
  /** To see the ACLs, and so the marks of products' topics. */
  readonly describeAcls?: boolean;
  /** To write the ACLs of SCRAM users. */
  readonly alterAcls?: boolean;
}

/**
 * Statements of MSK's IAM access control for just these rights. Describing comes with reading and writing; writing brings the idempotent producer
 * with it, which is a right on the cluster and gives nothing without one on a topic.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_apachekafkaapisforamazonmskclusters.html
 */
export function kafkaStatements(
  { clusterArn }: { readonly clusterArn: string },
  rights: KafkaRights,
): readonly PolicyStatement[] {
  const { read = [], write = [], manage = [], groups = [], describeGroups = [], deleteGroups = [] } = rights;
  const { transactionalIds = [], describeAcls = false, alterAcls = false } = rights;
  const topic = (name: string) => resourceArn(clusterArn, "topic", name);
  const groupsFrom = (prefix: string) => resourceArn(clusterArn, "group", `${prefix}*`);
  const idsFrom = (prefix: string) => resourceArn(clusterArn, "transactional-id", `${prefix}*`);
  const clusterActions = [
    "Connect",
    ...(write.length > 0 ? ["WriteDataIdempotently"] : []),
    ...(describeAcls || alterAcls ? ["DescribeCluster"] : []),
    ...(alterAcls ? ["AlterCluster"] : []),
  ];
  return [
    allow("KafkaCluster", clusterActions, [clusterArn]),
    allow("KafkaRead", ["DescribeTopic", "ReadData"], read.map(topic)),
    allow("KafkaWrite", ["DescribeTopic", "WriteData"], write.map(topic)),
    allow("KafkaManage", manageActions, manage.map(topic)),
    allow("KafkaGroups", ["AlterGroup", "DescribeGroup"], groups.map(groupsFrom)),
    allow("KafkaDescribeGroups", ["DescribeGroup"], describeGroups.map(groupsFrom)),
    allow("KafkaDeleteGroups", ["DescribeGroup", "DeleteGroup"], deleteGroups.map(groupsFrom)),
    allow("KafkaTransactions", ["AlterTransactionalId", "DescribeTransactionalId"], transactionalIds.map(idsFrom)),
  ].filter((statement) => statement !== null);
}

const manageActions = [
  ...["CreateTopic", "DescribeTopic", "AlterTopic", "DeleteTopic"],
  ...["DescribeTopicDynamicConfiguration", "AlterTopicDynamicConfiguration"],
];

function allow(sid: string, actions: readonly string[], resources: readonly string[]): PolicyStatement | null {
  if (resources.length === 0) return null;
  return new PolicyStatement({
    sid,
    actions: actions.map((action) => `kafka-cluster:${action}`),
    resources: [...resources],
  });
}

/** A thing in the cluster: `arn:…:topic/{cluster name}/{cluster uuid}/{name}`. The cluster's ARN may be a token. */
function resourceArn(clusterArn: string, kind: "topic" | "group" | "transactional-id", name: string): string {
  const parts = Fn.split(":cluster/", clusterArn);
  return `${Fn.select(0, parts)}:${kind}/${Fn.select(1, parts)}/${name}`;
}
