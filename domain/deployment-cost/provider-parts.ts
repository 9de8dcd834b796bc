/**
 * How many of each small thing a provider's deployment has. A test counts them in the synthesised templates, so that the table cannot go its
 * own way.
 */
export const providerParts = {
  /** Interface endpoints of the deployment's own functions: Secrets Manager and MSK. */
  endpoints: 2,
  /** More where stages have no way out: two of Systems Manager, two of CloudWatch. */
  endpointsOfPrivateStages: 4,
  /** GiB of each machine's own disk. */
  rootDiskGib: 8,
  /** Keys of our own: of data, of secrets. */
  keys: 2,
  /** Secrets besides the customers': Alpaca's keys, the master of OpenSearch, the indexer's user. */
  secrets: 3,
  /** A customer's user has the secret that MSK reads and the one that the customer reads. */
  secretsOfUser: 2,
  /** Metrics that alarms look at, by which they are charged: of the feed, the stages and search; of each broker. */
  alarmMetrics: 27,
  alarmMetricsOfBroker: 4,
  /** The distributor's alarms, where there is one: that it runs, that it speaks, that it lets records go. */
  alarmMetricsOfDistributor: 3,
  /** Metrics that the stages themselves report, by filters on their logs; the distributor's are two more. */
  stageMetrics: 11,
  stageMetricsOfDistributor: 2,
  /** What a machine tells by the minute, and not each five minutes; `prod` asks for it. */
  metricsOfMachineByMinute: 7,
  /**
   * Metrics that MSK tells of each broker, and of each topic on it, at the level PER_TOPIC_PER_BROKER beyond those that are free.
   * @see https://docs.aws.amazon.com/msk/latest/developerguide/metrics-details.html
   */
  metricsOfBroker: 52,
  metricsOfTopic: 3,
} as const;
