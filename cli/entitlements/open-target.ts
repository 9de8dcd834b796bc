import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { PipelineError } from "../../domain/errors.ts";
import type { kafkaVariables } from "../../runtime/config/variables.ts";
import { createAccessProbe } from "../../runtime/kafka/access-probe.ts";
import { createClusterAdmin } from "../../runtime/kafka/cluster-admin.ts";
import { describeCluster } from "../../runtime/kafka/cluster-description.ts";
import { kafkaConnection } from "../../runtime/kafka/connection.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import { mskScramBrokers } from "../../runtime/kafka/msk-brokers.ts";
import { mskScramUsers } from "../../runtime/kafka/msk-scram-users.ts";
import { kafkaScramUsers } from "../../runtime/kafka/scram-users.ts";
import type { KafkaConnection } from "../../runtime/kafka/types.ts";
import type { Log } from "../../runtime/log/log.ts";
import { folderStore } from "../../runtime/secrets/folder-store.ts";
import { managerStore } from "../../runtime/secrets/manager-store.ts";
import type { Credentials, SecretStore } from "../../runtime/secrets/secret-store.ts";
import type { CarryOutTarget } from "./carry-out.ts";
import type { CheckTarget } from "./check.ts";

/** What is read of the environment here. */
export type TargetConfig = Readonly<z.output<typeof kafkaVariables>> & {
  readonly MSK_CLUSTER_ARN?: string | undefined;
};

/** Where passwords are kept where the command line does not say, and no AWS is configured. */
const defaultSecretsFolder = ".bellwether/secrets";

export interface SecretsOptions {
  readonly secretsDir?: string;
  readonly kmsKey?: string;
}

/** Secrets Manager where the environment names a region or an endpoint; else, or where a folder is asked for, files. */
export function secretStoreOf(config: TargetConfig, { secretsDir, kmsKey }: SecretsOptions): SecretStore {
  const { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint } = config;
  const hasAws = region !== undefined || endpoint !== undefined;
  if (config.MSK_CLUSTER_ARN !== undefined && (secretsDir !== undefined || !hasAws)) {
    throw new PipelineError("badConfiguration", "Amazon MSK takes users from Secrets Manager, and from no folder.", {
      remedy: "Set AWS_REGION, and leave --secrets-dir out.",
    });
  }
  if (secretsDir !== undefined || !hasAws) return folderStore(secretsDir ?? defaultSecretsFolder);
  return managerStore({ region, endpoint, kmsKeyId: kmsKey });
}

/** What a target is opened with. */
export interface TargetOptions extends Pick<CarryOutTarget, "secrets" | "openSearch" | "onDone"> {
  readonly config: TargetConfig;
  readonly log: Log;
}

/** A cluster, an OpenSearch where there is one, and a store of secrets, opened by an administrator. */
export type OpenTarget = CarryOutTarget & CheckTarget & { close(): Promise<void> };

/**
 * Opens the cluster. The OpenSearch is the target's from now on: closed with it, or at once where this fails.
 * @throws PipelineError as `kafkaConnection`, and where nothing would be encrypted on the way
 */
export async function openTarget(options: TargetOptions): Promise<OpenTarget> {
  try {
    return await openCluster(options);
  } catch (error) {
    await options.openSearch?.admin.close();
    throw error;
  }
}

async function openCluster({ config, log, secrets, openSearch, onDone }: TargetOptions): Promise<OpenTarget> {
  const connection = await kafkaConnection(config, "bellwether-entitlements");
  if (connection.tls === null) {
    throw new PipelineError("badConfiguration", "Customers' users are for listeners with TLS, and this one has none.", {
      remedy: "Set KAFKA_BROKERS to the SASL_SSL listener, and KAFKA_TLS=on.",
    });
  }
  const { MSK_CLUSTER_ARN: clusterArn, TOPIC_PREFIX: prefix } = config;
  const location = { region: config.AWS_REGION, endpoint: config.AWS_ENDPOINT_URL };
  const customersBrokers =
    clusterArn === undefined || connection.tokens === undefined
      ? connection.brokers
      : await mskScramBrokers(clusterArn, location);
  const admin = createClusterAdmin(connection, log);
  const users = clusterArn === undefined ? kafkaScramUsers(admin) : mskScramUsers({ ...location, clusterArn, prefix });
  const topics = await createKafka(connection, log).admin();
  const probe = (sasl: Credentials) => createAccessProbe(asCustomer(connection, customersBrokers, sasl), log);
  return {
    admin,
    users,
    secrets,
    openSearch,
    prefix,
    topics,
    probe,
    internalTopics: async () =>
      (await describeCluster(connection, log)).topics.filter((topic) => topic.startsWith("__")),
    onDone,
    pause: sleep,
    signIn: async (credentials) => {
      const once = probe(credentials);
      try {
        return (await once.attempt({ try: "signIn" })) === "allowed";
      } finally {
        once.close();
      }
    },
    close: async () => {
      admin.close();
      await Promise.all([topics.close(), openSearch?.admin.close()]);
    },
  };
}

/** Customers sign in with SCRAM, whatever the administrator signs in with. */
function asCustomer({ tls }: KafkaConnection, brokers: readonly string[], sasl: Credentials): KafkaConnection {
  return { brokers, tls, sasl, clientId: "bellwether-check" };
}
