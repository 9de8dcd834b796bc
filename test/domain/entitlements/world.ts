import { type AclBinding, aclKey, allowed } from "../../../domain/entitlements/acl-binding.ts";
import type { InForce, SecretInForce } from "../../../domain/entitlements/in-force.ts";
import type { Step } from "../../../domain/entitlements/step.ts";
import { isTopicMark } from "../../../domain/entitlements/topic-mark.ts";

/** A cluster and a store of secrets in memory, on which steps can be played. Passwords are numbers that go up. */
export class World {
  readonly topics = new Map<string, { partitions: number; configs: Record<string, string> }>();
  readonly acls = new Map<string, AclBinding>();
  /** Users to passwords. */
  readonly scram = new Map<string, string>();
  readonly secrets = new Map<string, SecretInForce>();
  groups: string[] = [];
  /** What was written to each topic, as the marks of the files that it was written by. */
  readonly written = new Map<string, AclBinding[]>();
  #passwords = 0;

  get inForce(): InForce {
    return {
      topics: new Map(this.topics),
      acls: [...this.acls.values()],
      scramUsers: new Set(this.scram.keys()),
      secrets: new Map(this.secrets),
      groups: [...this.groups],
    };
  }

  /** Whether what a secret holds signs in. */
  signsIn(secret: string): boolean {
    const held = this.secrets.get(secret);
    return held?.username != null && held.digest !== null && this.scram.get(held.username) === held.digest;
  }

  /** The names of what a Kafka user has rights to. */
  rights(username: string): readonly string[] {
    const own = [...this.acls.values()].filter(({ principal }) => principal === `User:${username}`);
    return own.map((acl) => `${acl.operation} ${acl.resource} ${acl.pattern} ${acl.name}`).toSorted();
  }

  /** As the `distribute` stage does by a file: it may write the topic, and no mark says otherwise. */
  distribute(marks: readonly AclBinding[]): void {
    for (const mark of marks) {
      const held = [...this.acls.values()].filter((acl) => isTopicMark(acl) && acl.name === mark.name);
      const mayWrite = this.acls.has(aclKey(allowed("distributor", "write", "topic", mark.name)));
      if (!this.topics.has(mark.name) || !mayWrite || held.some((each) => aclKey(each) !== aclKey(mark))) continue;
      this.written.set(mark.name, [...(this.written.get(mark.name) ?? []), mark]);
    }
  }

  play(step: Step): void {
    switch (step.do) {
      case "awaitDistributors":
        return;
      case "makeTopic":
      case "configureTopic": {
        const { topic, partitions, configs } = step.topic;
        this.topics.set(topic, { partitions, configs: { ...configs } });
        return;
      }
      case "deleteTopic":
        this.topics.delete(step.topic);
        this.written.delete(step.topic);
        return;
      case "grant":
        for (const acl of step.acls) this.acls.set(aclKey(acl), acl);
        return;
      case "revoke":
        for (const acl of step.acls) this.acls.delete(aclKey(acl));
        return;
      case "makePassword": {
        const { username, secret } = step.identity;
        this.#passwords++;
        this.secrets.set(secret, { username, digest: `password ${this.#passwords}`, account: null });
        return;
      }
      case "makeUser":
        this.scram.set(step.identity.username, this.#passwordIn(step.identity.secret));
        return;
      case "proveSignIn":
        if (!this.signsIn(step.identity.secret)) throw new Error(`${step.identity.username} cannot sign in`);
        return;
      case "handOver": {
        const digest = this.#passwordIn(step.identity.secret);
        this.secrets.set(step.clientSecret, { username: step.identity.username, digest, account: step.account });
        return;
      }
      case "removeUser":
        this.scram.delete(step.identity.username);
        return;
      case "deleteGroups":
        this.groups = this.groups.filter((group) => !step.groups.includes(group));
        return;
      case "deleteSecret":
        this.secrets.delete(step.secret);
        return;
      case "putOpenSearchRole":
      case "removeOpenSearchRole":
      case "putOpenSearchUser":
      case "removeOpenSearchUser":
        throw new Error("This world has no OpenSearch.");
      default:
        step satisfies never;
    }
  }

  #passwordIn(secret: string): string {
    const digest = this.secrets.get(secret)?.digest;
    if (digest == null) throw new Error(`${secret} holds no password`);
    return digest;
  }
}
