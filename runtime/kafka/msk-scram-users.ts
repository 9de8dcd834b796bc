import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaClient, UnprocessedScramSecret } from "@aws-sdk/client-kafka";
import { PipelineError } from "../../domain/errors.ts";
import { secretArn } from "../secrets/manager-client.ts";
import { type MskLocation, withMsk } from "./msk-client.ts";
import type { ScramUser, ScramUsers } from "./scram-users.ts";

export interface MskScramUsersOptions extends MskLocation {
  readonly clusterArn: string;
  /** Begins the names of the deployment's secrets, after `AmazonMSK_`. */
  readonly prefix: string;
  /** How long MSK may take to see a new secret, and to show a change, milliseconds. Default: a minute. */
  readonly settleMsMax?: number;
  /** How long to wait between looks, milliseconds. Default: 2 s. */
  readonly lookEveryMs?: number;
}

/** As many as MSK takes in one request. */
const batchSize = 10;
/** By MSK's documents a change of a secret takes up to ten minutes to reach the brokers; a new user takes seconds as a rule. */
const takesMsMax = 600_000;

/**
 * The users of an Amazon MSK cluster: MSK takes their names and passwords from the secrets that are associated with it. Who they are is told by
 * their secrets' names alone.
 * @see https://docs.aws.amazon.com/msk/latest/developerguide/msk-password.html
 */
export function mskScramUsers(options: MskScramUsersOptions): ScramUsers {
  const { clusterArn, prefix } = options;
  const associated = () => withMsk(options, "list the users' secrets", (client) => listSecrets(client, clusterArn));
  return {
    takesMsMax,
    list: async () => (await associated()).map((arn) => usernameOf(nameOfSecret(arn), prefix)),
    put: async ({ secret }: ScramUser) => {
      const arn = await secretArn(secret, options);
      // One that was deleted and made anew bears the same name, and is another.
      const stale = (await associated()).filter((each) => nameOfSecret(each) === secret && each !== arn);
      if (stale.length > 0) await settle(options, stale, "gone");
      // Again where it is associated already: MSK then looks at the secret anew.
      await settle(options, [arn], "there");
    },
    remove: async ({ secret }: ScramUser) => {
      const arns = (await associated()).filter((each) => nameOfSecret(each) === secret);
      if (arns.length > 0) await settle(options, arns, "gone");
    },
  };
}

/**
 * Associates or disassociates, and looks until MSK shows it so. What MSK does not process is tried again for a while: of a secret that was made a
 * moment ago it says that it cannot read it.
 * @see https://github.com/aws/aws-cdk/issues/34794
 */
async function settle(options: MskScramUsersOptions, arns: readonly string[], wanted: "there" | "gone"): Promise<void> {
  const { clusterArn, settleMsMax = 60_000, lookEveryMs = 2000 } = options;
  const what = wanted === "there" ? "take users from their secrets" : "forget users";
  await withMsk(options, what, async (client) => {
    const lastMs = performance.now() + settleMsMax;
    let left = arns;
    for (let isFirst = true; ; isFirst = false) {
      if (!isFirst) await sleep(lookEveryMs);
      const unprocessed = await change(client, clusterArn, left, wanted);
      const known = new Set(await listSecrets(client, clusterArn));
      const isShown = arns.every((arn) => known.has(arn) === (wanted === "there"));
      // A secret that is shown so and yet "unprocessed" was so before.
      if (isShown) return;
      if (performance.now() > lastMs) throw unsettled(unprocessed, arns, what);
      left = unprocessed.map(({ SecretArn }) => SecretArn ?? "");
    }
  });
}

async function change(
  client: KafkaClient,
  clusterArn: string,
  arns: readonly string[],
  wanted: "there" | "gone",
): Promise<readonly UnprocessedScramSecret[]> {
  const sdk = await import("@aws-sdk/client-kafka");
  const unprocessed: UnprocessedScramSecret[] = [];
  for (let at = 0; at < arns.length; at += batchSize) {
    const input = { ClusterArn: clusterArn, SecretArnList: arns.slice(at, at + batchSize) };
    const answer =
      wanted === "there"
        ? await client.send(new sdk.BatchAssociateScramSecretCommand(input))
        : await client.send(new sdk.BatchDisassociateScramSecretCommand(input));
    unprocessed.push(...(answer.UnprocessedScramSecrets ?? []));
  }
  return unprocessed;
}

function unsettled(unprocessed: readonly UnprocessedScramSecret[], arns: readonly string[], what: string) {
  const reasons = unprocessed.map(
    ({ SecretArn = "", ErrorCode, ErrorMessage }) => `${nameOfSecret(SecretArn)}: ${ErrorCode}: ${ErrorMessage}`,
  );
  const names = arns.map(nameOfSecret).join(", ");
  const why = reasons.length === 0 ? `it does not show the change of ${names} yet` : reasons.join("; ");
  return new PipelineError("kafkaFailed", `Amazon MSK cannot ${what} (${why}).`, {
    remedy:
      "See that the secret is encrypted with a customer managed key (--kms-key), that this role may use that key and make grants on it, and that the secret is of the cluster's account and Region; then run it again.",
    retriable: reasons.length === 0,
  });
}

async function listSecrets(client: KafkaClient, clusterArn: string): Promise<readonly string[]> {
  const { paginateListScramSecrets } = await import("@aws-sdk/client-kafka");
  const arns: string[] = [];
  for await (const page of paginateListScramSecrets({ client }, { ClusterArn: clusterArn })) {
    arns.push(...(page.SecretArnList ?? []));
  }
  return arns;
}

/** arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-6chars */
function nameOfSecret(arn: string): string {
  return (arn.split(":").at(-1) ?? "").replace(/-[A-Za-z0-9]{6}$/, "");
}

/** A user of another deployment is told by what its secret's name ends with; of a name of another make all of it is taken. */
function usernameOf(secret: string, prefix: string): string {
  const own = `AmazonMSK_${prefix}`;
  if (secret.startsWith(own)) return secret.slice(own.length);
  const name = secret.replace(/^AmazonMSK_/, "");
  return /(?<=^|[./-])[a-z][a-z0-9_]*(?:-2)?$/.exec(name)?.[0] ?? name;
}
