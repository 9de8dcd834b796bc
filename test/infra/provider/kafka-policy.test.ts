import { expect, it } from "vitest";
import { kafkaStatements } from "../../../infra/provider/kafka-policy.ts";

const clusterArn = "arn:aws:kafka:us-east-1:111122223333:cluster/bellwether/0123-5";
const policy = (rights: Parameters<typeof kafkaStatements>[1]) =>
  kafkaStatements({ clusterArn }, rights).map((statement) => statement.toStatementJson());

it("a role without rights may connect, and nothing else", () => {
  expect(policy({})).toEqual([
    { Sid: "KafkaCluster", Effect: "Allow", Action: "kafka-cluster:Connect", Resource: clusterArn },
  ]);
});

it("D1: an enricher's rights name its topics one by one, and its groups and transactional ids by their beginnings", () => {
  const statements = policy({
    read: ["market.raw"],
    write: ["market.enriched"],
    groups: ["market.enricher"],
    transactionalIds: ["market.enricher"],
  });
  const base = "arn:aws:kafka:us-east-1:111122223333";
  expect(statements.map(({ Sid, Action, Resource }) => [Sid, Action, Resource])).toEqual([
    ["KafkaCluster", ["kafka-cluster:Connect", "kafka-cluster:WriteDataIdempotently"], clusterArn],
    [
      "KafkaRead",
      ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
      `${base}:topic/bellwether/0123-5/market.raw`,
    ],
    [
      "KafkaWrite",
      ["kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"],
      `${base}:topic/bellwether/0123-5/market.enriched`,
    ],
    [
      "KafkaGroups",
      ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"],
      `${base}:group/bellwether/0123-5/market.enricher*`,
    ],
    [
      "KafkaTransactions",
      ["kafka-cluster:AlterTransactionalId", "kafka-cluster:DescribeTransactionalId"],
      `${base}:transactional-id/bellwether/0123-5/market.enricher*`,
    ],
  ]);
});

it("who only reads cannot write, alter or administer", () => {
  const actions = policy({ read: ["a"], groups: ["g"], describeGroups: [""] }).flatMap(({ Action }) => Action);
  expect(
    actions.filter((action) => /Write|Create|Delete|AlterTopic|AlterCluster|AlterTransaction/.test(action)),
  ).toEqual([]);
});

it("the right to write ACLs is told apart from the right to see them", () => {
  const actions = (rights: Parameters<typeof kafkaStatements>[1]) => policy(rights)[0]?.Action;
  expect(actions({ describeAcls: true })).not.toContain("kafka-cluster:AlterCluster");
  expect(actions({ alterAcls: true })).toContain("kafka-cluster:AlterCluster");
});
