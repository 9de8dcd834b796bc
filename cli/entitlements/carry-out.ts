import type { Step } from "../../domain/entitlements/step.ts";
import { markCheckMs } from "../../domain/entitlements/topic-mark.ts";
import { PipelineError } from "../../domain/errors.ts";
import type { KafkaAdmin } from "../../runtime/kafka/admin-types.ts";
import { newPassword } from "../../runtime/secrets/credentials-text.ts";
import { type Credentials, storedCredentials } from "../../runtime/secrets/secret-store.ts";
import { carryOutInOpenSearch, putOpenSearchUser } from "./carry-out-in-open-search.ts";
import type { Target } from "./read-in-force.ts";

/** What doing needs besides looking. */
export interface CarryOutTarget extends Target {
  readonly topics: Pick<KafkaAdmin, "ensureTopics">;
  /** Signs in once; false where the broker does not take the credentials (yet). */
  readonly signIn: (credentials: Credentials) => Promise<boolean>;
  /** Told of each step that is done. */
  readonly onDone: (step: Step) => void;
  readonly pause: (ms: number) => Promise<void>;
}

/** Does the steps in order and stops at the first that fails; doing the rest is for the next run, which looks anew. */
export async function carryOut(steps: readonly Step[], target: CarryOutTarget): Promise<void> {
  for (const step of steps) {
    await carryOutStep(step, target);
    target.onDone(step);
  }
}

async function carryOutStep(step: Step, target: CarryOutTarget): Promise<void> {
  const { admin, users, secrets } = target;
  switch (step.do) {
    case "makeTopic":
      await target.topics.ensureTopics([step.topic]);
      return;
    case "configureTopic":
      return admin.setTopicConfigs(step.topic.topic, step.topic.configs);
    case "deleteTopic":
      return admin.deleteTopic(step.topic);
    case "awaitDistributors":
      return target.pause(2 * markCheckMs);
    case "grant":
      return admin.createAcls(step.acls);
    case "revoke":
      return admin.deleteAcls(step.acls);
    case "makePassword":
      return secrets.put(step.identity.secret, { username: step.identity.username, password: newPassword() }, null);
    case "makeUser":
      return users.put(step.identity, (await credentialsIn(step.identity.secret, target)).password);
    case "proveSignIn":
      return proveSignIn(await credentialsIn(step.identity.secret, target), target);
    case "handOver":
      return secrets.put(step.clientSecret, await credentialsIn(step.identity.secret, target), step.account);
    case "removeUser":
      return users.remove(step.identity);
    case "deleteGroups":
      for (const group of step.groups) await admin.deleteGroup(group);
      return;
    case "deleteSecret":
      return secrets.delete(step.secret);
    case "putOpenSearchRole":
    case "removeOpenSearchRole":
    case "removeOpenSearchUser":
      return carryOutInOpenSearch(step, target.openSearch);
    case "putOpenSearchUser":
      return putOpenSearchUser(step, await credentialsIn(step.identity.secret, target), target.openSearch);
    default:
      return step satisfies never;
  }
}

async function credentialsIn(secret: string, { secrets }: Target): Promise<Credentials> {
  const found = await storedCredentials(secrets, secret);
  if (found !== null) return found;
  throw new PipelineError("secretUnavailable", `The secret ${secret} holds no user name and password.`, {
    remedy: "Run `bellwether entitlements apply`: it makes a new one.",
  });
}

const firstPauseMs = 200;
/** Where a user takes minutes, the brokers are not to be asked five times a second. */
const pauseMsMax = 5000;

async function proveSignIn(credentials: Credentials, { signIn, pause, users }: CarryOutTarget): Promise<void> {
  const lastMs = performance.now() + users.takesMsMax;
  for (let pauseMs = firstPauseMs; !(await signIn(credentials)); pauseMs = Math.min(pauseMs * 1.5, pauseMsMax)) {
    if (performance.now() > lastMs) {
      throw new PipelineError("kafkaAuthentication", `Kafka does not let ${credentials.username} sign in.`, {
        remedy: "See that the cluster has taken the user from its secret, and run the command again.",
        retriable: true,
      });
    }
    await pause(pauseMs);
  }
}
