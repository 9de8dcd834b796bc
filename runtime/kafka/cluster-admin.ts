import type Cluster from "kafkajs/src/cluster/index.js";
import { type AclBinding, aclKey } from "../../domain/entitlements/acl-binding.ts";
import { PipelineError } from "../../domain/errors.ts";
import { pause } from "../clock/pause.ts";
import type { Log } from "../log/log.ts";
import { aclEntry, aclKeysByBroker, aclsOf } from "./acl.ts";
import { ClusterLink } from "./cluster-link.ts";
import { deleteGroup, listGroups } from "./group-requests.ts";
import { withCluster } from "./retry.ts";
import { alterScramUsers, listScramUsers, saltedPassword } from "./scram-requests.ts";
import { deleteTopic, listTopics, setTopicConfigs, type TopicInForce } from "./topic-requests.ts";
import type { KafkaConnection } from "./types.ts";

/** Long enough for a cluster that is just starting, short enough for a person who waits. */
const patienceMs = 5000;
/** A member that has been cut off is missed after its session's time, 10 s by default and 45 s in Kafka's own clients. */
const emptyGroupPatienceMs = 60_000;

/** What an administrator does about users and their rights. The right to do each is the cluster's to give. */
export interface ClusterAdmin {
  /** Every right of the cluster. */
  acls(): Promise<readonly AclBinding[]>;
  /** Resolves when every broker has them. @throws PipelineError `kafkaFailed` where one has not, in time */
  createAcls(acls: readonly AclBinding[]): Promise<void>;
  /** Resolves when every broker has forgotten them. @throws PipelineError `kafkaFailed` where one has not, in time */
  deleteAcls(acls: readonly AclBinding[]): Promise<void>;
  /** Every topic that is not Kafka's own, with the settings that are its own. */
  topics(): Promise<ReadonlyMap<string, TopicInForce>>;
  setTopicConfigs(topic: string, configs: Readonly<Record<string, string>>): Promise<void>;
  /** Does nothing where it is gone already. Resolves when it does not show any more. */
  deleteTopic(topic: string): Promise<void>;
  /** The names of all consumer groups. */
  groups(): Promise<readonly string[]>;
  /** Deletes a group and its offsets, waiting for members that have lost their rights to be missed (a minute at most). */
  deleteGroup(group: string): Promise<void>;
  /** The names of all users of SCRAM-SHA-512. */
  scramUsers(): Promise<readonly string[]>;
  /** Makes the user, or changes its password. Resolves when the cluster has taken it; brokers may take a moment more. */
  putScramUser(username: string, password: string): Promise<void>;
  /** Does nothing where it is gone already. Connections that are open stay open: take the rights away first. */
  removeScramUser(username: string): Promise<void>;
  close(): void;
}

/** Opens an administrator's door to a cluster. @throws PipelineError (from the methods) as `Kafka`'s */
export function createClusterAdmin(connection: KafkaConnection, log: Log): ClusterAdmin {
  return clusterAdminOf(new ClusterLink(connection, log));
}

/** The same over a link. @param settleMsMax how long every broker may take to have a change, milliseconds */
export function clusterAdminOf(link: ClusterLink, settleMsMax = patienceMs): ClusterAdmin {
  return new LinkedAdmin(link, settleMsMax);
}

class LinkedAdmin implements ClusterAdmin {
  readonly #link: ClusterLink;
  readonly #closing = new AbortController();

  readonly #settleMsMax: number;

  constructor(link: ClusterLink, settleMsMax: number) {
    this.#link = link;
    this.#settleMsMax = settleMsMax;
  }

  acls(): Promise<readonly AclBinding[]> {
    return this.#onController(aclsOf);
  }

  async createAcls(acls: readonly AclBinding[]): Promise<void> {
    if (acls.length === 0) return;
    await this.#onController((broker) => broker.createAcls({ acl: acls.map(aclEntry) }));
    await this.#untilAcls((known) => acls.every((acl) => known.has(aclKey(acl))));
  }

  async deleteAcls(acls: readonly AclBinding[]): Promise<void> {
    if (acls.length === 0) return;
    await this.#onController((broker) => broker.deleteAcls({ filters: acls.map(aclEntry) }));
    await this.#untilAcls((known) => !acls.some((acl) => known.has(aclKey(acl))));
  }

  topics(): Promise<ReadonlyMap<string, TopicInForce>> {
    return this.#on("the cluster", listTopics);
  }

  setTopicConfigs(topic: string, configs: Readonly<Record<string, string>>): Promise<void> {
    return this.#onController((broker) => setTopicConfigs(broker, topic, configs));
  }

  async deleteTopic(topic: string): Promise<void> {
    await this.#onController((broker) => deleteTopic(broker, topic));
    // Who makes it anew asks a broker first whether it is there.
    const isGone = async () => !(await this.topics()).has(topic);
    await this.#until(isGone, `The topic ${topic} is deleted, and a broker still has it.`);
  }

  groups(): Promise<readonly string[]> {
    return this.#on("the cluster", listGroups);
  }

  deleteGroup(group: string): Promise<void> {
    return this.#on(`the group ${group}`, (cluster) => deleteGroup(cluster, group), emptyGroupPatienceMs);
  }

  scramUsers(): Promise<readonly string[]> {
    return this.#onController(listScramUsers);
  }

  async putScramUser(username: string, password: string): Promise<void> {
    const upsertion = { username, ...(await saltedPassword(password)) };
    await this.#onController((broker) => alterScramUsers(broker, { deletions: [], upsertions: [upsertion] }));
  }

  async removeScramUser(username: string): Promise<void> {
    await this.#onController((broker) => alterScramUsers(broker, { deletions: [username], upsertions: [] }));
  }

  close(): void {
    this.#closing.abort();
    this.#link.close();
  }

  /**
   * The controller has the change at once; until a broker has it too, whoever comes is judged by the old rights. Every broker is asked.
   * @throws PipelineError `kafkaFailed` where one has not taken it over in time: then nothing may be built on it
   */
  async #untilAcls(areAsWanted: (known: ReadonlySet<string>) => boolean): Promise<void> {
    const isEverywhere = async () => (await this.#on("the cluster", aclKeysByBroker)).every(areAsWanted);
    await this.#until(isEverywhere, "Rights were changed, and not every broker judges by the new ones yet.");
  }

  async #until(isTrue: () => Promise<boolean>, otherwise: string): Promise<void> {
    const lastMs = performance.now() + this.#settleMsMax;
    while (!(await isTrue())) {
      if (performance.now() > lastMs) {
        throw new PipelineError("kafkaFailed", otherwise, {
          remedy: "See that all brokers are well and reach the controller, and run the command again.",
          retriable: true,
        });
      }
      await pause(20, this.#closing.signal);
    }
  }

  #onController<T>(work: (broker: Cluster.Broker) => Promise<T>): Promise<T> {
    return this.#on("the cluster", async (cluster) => {
      await cluster.refreshMetadataIfNecessary();
      return work(await cluster.findControllerBroker());
    });
  }

  #on<T>(resource: string, work: (cluster: Cluster) => Promise<T>, waitMs = patienceMs): Promise<T> {
    return withCluster(this.#link, { patienceMs: waitMs, signal: this.#closing.signal, resource }, work);
  }
}
