import type { DesiredState, DesiredUser } from "./desired-state.ts";

/** Something that a user tries over the real listener; none of them changes anything, even where it is wrongly allowed. */
export type Attempt =
  | { readonly try: "signIn" }
  | { readonly try: "readTopic" | "writeTopic" | "describeTopicConfigs" | "alterTopicConfigs"; readonly topic: string }
  /** Any right to the topic besides reading it: deleting it, for one. */
  | { readonly try: "holdMoreOnTopic"; readonly topic: string }
  | { readonly try: "joinGroup"; readonly group: string }
  | { readonly try: "useTransactionalId"; readonly id: string }
  | { readonly try: "createTopic"; readonly topic: string }
  | { readonly try: "listAcls" | "createAcl" | "holdOnCluster" };

/** What must come of an attempt. */
export interface ExpectedAttempt {
  readonly attempt: Attempt;
  /** What the attempts of a line of the report have in common. */
  readonly title: string;
  readonly expected: "allowed" | "refused";
}

export interface AttemptsOptions {
  readonly prefix: string;
  /** Every topic of the cluster, whosever it is; Kafka's own are known here. */
  readonly topics: readonly string[];
  /** A word that no name in use ends with. */
  readonly nonce: string;
}

/** Positions and transactions of everybody: a list of topics leaves them out, and Kafka makes some of them when they are first needed. */
const kafkasOwnTopics = ["__consumer_offsets", "__transaction_state", "__share_group_state"];

/**
 * Everything that a user must be able to do, and everything else that it might try: on each topic of the cluster, on groups of every other
 * user and of the stages (in names that none uses, so that a wrong right disturbs nothing), and on the cluster.
 */
export function attemptsOf(
  user: DesiredUser,
  { users }: DesiredState,
  options: AttemptsOptions,
): readonly ExpectedAttempt[] {
  const { prefix, nonce } = options;
  const bought = new Set(user.topics);
  const topics = [...new Set([...options.topics, ...kafkasOwnTopics, ...bought, `${prefix}check-${nonce}`])].toSorted();
  const others = topics.filter((topic) => !bought.has(topic));
  const foreignGroups = [
    ...users.filter((other) => other.user !== user.user).map(({ groupPrefix }) => `${groupPrefix}check-${nonce}`),
    ...["enricher", "distributor", "indexer"].map((stage) => `${prefix}${stage}-check-${nonce}`),
    ...[`${user.user}x-check-${nonce}`, `${user.user}.check-${nonce}`, `check-${nonce}`],
  ];
  const each = <Item>(items: readonly Item[], title: string, attempt: (item: Item) => Attempt) =>
    items.map((item): ExpectedAttempt => ({ title, attempt: attempt(item), expected: "refused" }));
  return [
    { title: "sign in", attempt: { try: "signIn" }, expected: "allowed" },
    ...[...bought].map((topic): ExpectedAttempt => {
      return { title: "read what was bought", attempt: { try: "readTopic", topic }, expected: "allowed" };
    }),
    ...each(others, "read other topics", (topic) => ({ try: "readTopic", topic })),
    ...each(topics, "write", (topic) => ({ try: "writeTopic", topic })),
    ...each(topics, "see or change topics' settings", (topic) => ({ try: "describeTopicConfigs", topic })),
    ...each(topics, "see or change topics' settings", (topic) => ({ try: "alterTopicConfigs", topic })),
    ...each(topics, "delete or alter topics", (topic) => ({ try: "holdMoreOnTopic", topic })),
    {
      title: "join a group of its own",
      attempt: { try: "joinGroup", group: `${user.groupPrefix}check-${nonce}` },
      expected: "allowed",
    },
    ...each(foreignGroups, "join other groups", (group) => ({ try: "joinGroup", group })),
    ...each(["enricher", "distributor"], "use the stages' transactions", (stage) => {
      return { try: "useTransactionalId", id: `${prefix}${stage}-check-${nonce}` };
    }),
    ...each([`${prefix}check-${nonce}`, `${user.user}-check-${nonce}`], "create topics", (topic) => {
      return { try: "createTopic", topic };
    }),
    ...each(["listAcls", "createAcl", "holdOnCluster"] as const, "administer the cluster", (what) => ({ try: what })),
  ];
}

/** The attempt as the end of a sentence: "read market.raw". */
export function attemptText(attempt: Attempt): string {
  switch (attempt.try) {
    case "signIn":
      return "sign in";
    case "readTopic":
      return `read ${attempt.topic}`;
    case "writeTopic":
      return `write ${attempt.topic}`;
    case "describeTopicConfigs":
      return `see the settings of ${attempt.topic}`;
    case "alterTopicConfigs":
      return `change the settings of ${attempt.topic}`;
    case "holdMoreOnTopic":
      return `do more than read ${attempt.topic}`;
    case "joinGroup":
      return `join the group ${attempt.group}`;
    case "useTransactionalId":
      return `use the transactional id ${attempt.id}`;
    case "createTopic":
      return `create the topic ${attempt.topic}`;
    case "listAcls":
      return "list rights";
    case "createAcl":
      return "give itself rights";
    case "holdOnCluster":
      return "do anything on the cluster";
    default:
      return attempt satisfies never;
  }
}
