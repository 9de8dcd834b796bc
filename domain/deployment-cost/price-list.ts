/**
 * What AWS asks in us-east-1, on demand, in dollars and without tax: one table, so that a price is mended in one place.
 * List prices as AWS publishes them on the price page of each service (aws.amazon.com/…/pricing). AWS itself was not asked: most were compared with what
 * others have published of those pages, and no bill was seen. `asOf` is when the table was last gone through. No free tier and no discount is counted.
 */
export const priceList = {
  asOf: "2026-11-21",
  region: "us-east-1",
  /** AWS's own month of hours, in its calculator and in this table. */
  hoursPerMonth: 730,
  /** An hour of one MSK broker (Standard). */
  brokerHour: {
    "kafka.m5.large": 0.21,
    "kafka.m7g.large": 0.204,
    "kafka.m7g.xlarge": 0.408,
    "kafka.m7g.2xlarge": 0.816,
    "kafka.m7g.4xlarge": 1.632,
  },
  /** A GiB-month of a broker's storage. */
  brokerStorage: 0.1,
  /** An hour of multi-VPC private connectivity, for each cluster and way to sign in. Of all here the one that no copy could be found for. */
  privateConnectivityHour: 0.0225,
  /** An hour of one OpenSearch node. */
  searchHour: {
    "t3.small.search": 0.036,
    "t3.medium.search": 0.073,
    "m7g.medium.search": 0.068,
    "m7g.large.search": 0.135,
    "m7g.xlarge.search": 0.271,
    "r7g.large.search": 0.178,
    "r7g.xlarge.search": 0.356,
  },
  /** A GiB-month of gp3 storage of an OpenSearch node. */
  searchStorage: 0.122,
  /** An hour of one EC2 instance, Linux. */
  instanceHour: {
    "t2.large": 0.0928,
    "t4g.nano": 0.0042,
    "t4g.micro": 0.0084,
    "t4g.small": 0.0168,
    "t4g.medium": 0.0336,
    "t4g.large": 0.0672,
    "c7g.medium": 0.0363,
    "c7g.large": 0.0725,
    "c7g.xlarge": 0.145,
    "m7g.medium": 0.0408,
    "m7g.large": 0.0816,
  },
  /** A GiB-month of an EC2 volume. */
  volume: { gp2: 0.1, gp3: 0.08 },
  /** An hour of a public IPv4 address. */
  publicAddressHour: 0.005,
  /** An hour of an interface endpoint in one zone. */
  interfaceEndpointHour: 0.01,
  /** An hour of a NAT gateway. */
  natGatewayHour: 0.045,
  /** An hour of a processing unit of Managed Service for Apache Flink; each application has one more for its orchestration. */
  flinkUnitHour: 0.11,
  /** A GiB-month of a running Flink application's storage: 50 GiB for each unit. */
  flinkStorage: 0.1,
  /** A month of a customer-managed key; each yearly rotation adds as much, for the first two. */
  key: 1,
  secret: 0.4,
  alarm: 0.1,
  /** A month of a dashboard of more than 50 metrics, without the three free ones. */
  dashboard: 3,
  /** A month of one metric that AWS does not give away, of the first 10,000. */
  metric: 0.3,
  /** A GiB of logs taken in. */
  logs: 0.5,
  /** A month of a parameter of the advanced tier. */
  advancedParameter: 0.05,
  /** A GiB-month in S3. */
  objectStorage: 0.023,
} as const;
