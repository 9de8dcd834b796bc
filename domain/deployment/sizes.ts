import { z } from "zod";

const whole = (min: number, max: number) => z.number().int().min(min).max(max);
const days = whole(1, 3653);

const brokers = z.strictObject({
  /** One of MSK's own version names; KRaft only. */
  kafkaVersion: z.string().regex(/^\d+\.\d+\.(x|\d+)\.kraft$/, "must be a KRaft version of MSK, like 4.1.x.kraft"),
  instanceType: z.string().regex(/^kafka\.[a-z0-9]+\.[a-z0-9]+$/, "must be a broker type, like kafka.m7g.large"),
  /** In all; a multiple of the zones. */
  count: whole(2, 90),
  /** Of each broker. */
  volumeGib: whole(1, 16_384),
  replicationFactor: whole(2, 3),
  minInsyncReplicas: whole(1, 2),
  /** MSK's level of metrics. Alarms, scaling and the dashboard need those of DEFAULT alone, which are free; the others are paid for by the metric. */
  monitoring: z.enum(
    ["DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER"],
    "must be DEFAULT, PER_BROKER or PER_TOPIC_PER_BROKER",
  ),
  /** How long broker logs are kept. */
  logDays: days,
  /** What becomes of the cluster, with its records and its network, when the stack is deleted. */
  onRemoval: z.enum(["retain", "delete"], "must be retain or delete"),
});

const instanceType = z.string().regex(/^[a-z0-9]+g[a-z]*\.[a-z0-9]+$/, "must be a Graviton type, like t4g.small");

const producer = z.strictObject({
  instanceType,
  /** The retained volume that holds how far the feed had come, so that a machine that replaces another tells of the gap. One small file: a gibibyte does. */
  spoolGib: whole(1, 1024),
});

const stage = z.strictObject({
  instanceType,
  instancesMin: whole(1, 100),
  instancesMax: whole(1, 100),
});

const search = z.strictObject({
  /** As the service names its engine: OpenSearch_2.19. */
  engineVersion: z.string().regex(/^OpenSearch_\d+\.\d+$/, "must be a version of the service, like OpenSearch_2.19"),
  instanceType: z.string().regex(/^[a-z0-9]+\.[a-z0-9]+\.search$/, "must be a node type, like m7g.large.search"),
  nodes: whole(1, 80),
  /** Dedicated masters: none, or three. */
  masters: z.union([z.literal(0), z.literal(3)], "must be 0 or 3"),
  masterType: z.string().regex(/^[a-z0-9]+\.[a-z0-9]+\.search$/, "must be a node type, like m7g.medium.search"),
  /** Of each node. */
  volumeGib: whole(10, 3072),
  shards: whole(1, 64),
  replicas: whole(0, 8),
  retainDays: days,
  compressAfterDays: days,
  /** Raise it once a password of the indexer's user was changed in its secret: the domain's set-up runs again, and takes it over. */
  passwordsRevision: whole(1, 1_000_000),
});

/** All that a profile decides, and that `overrides` in the file can change. Groups first, so that a fault's path says where. */
export const sizesSchema = z.strictObject({
  network: z.strictObject({
    zones: whole(2, 3),
    cidr: z.string().regex(/^(\d{1,3}\.){3}\d{1,3}\/(1[6-9]|2[01])$/, "must be a network of /16 to /21"),
    /** Where stages but the producer run: public subnets without inbound need fewer endpoints, private ones have no way out. */
    stages: z.enum(["public", "private"], "must be public or private"),
  }),
  brokers,
  stages: z.strictObject({ producer, enricher: stage, indexer: stage, distributor: stage }),
  search,
  logs: z.strictObject({ days }),
});

/** How large everything is. */
export type Sizes = Readonly<z.output<typeof sizesSchema>>;

/** The same with everything optional: what a file can override. */
export const overridesSchema = z.strictObject({
  network: sizesSchema.shape.network.partial().optional(),
  brokers: brokers.partial().optional(),
  stages: z
    .strictObject({
      producer: producer.partial().optional(),
      enricher: stage.partial().optional(),
      indexer: stage.partial().optional(),
      distributor: stage.partial().optional(),
    })
    .optional(),
  search: search.partial().optional(),
  logs: sizesSchema.shape.logs.partial().optional(),
});
