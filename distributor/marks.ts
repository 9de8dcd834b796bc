import { type AclBinding, aclKey } from "../domain/entitlements/acl-binding.ts";
import { marksOf } from "../domain/entitlements/desired-state.ts";
import type { Product } from "../domain/entitlements/entitlements.ts";
import { isTopicMark, markCheckMs, markText } from "../domain/entitlements/topic-mark.ts";
import { PipelineError } from "../domain/errors.ts";
import { pause } from "../runtime/clock/pause.ts";
import type { ClusterAdmin } from "../runtime/kafka/cluster-admin.ts";
import type { Log } from "../runtime/log/log.ts";

/**
 * Refuses to write what is not in force: the marks of the products' topics must say what this stage's file says.
 * @throws PipelineError `badConfiguration` that names every topic of which the mark says otherwise
 */
export function requireMarks(products: readonly Product[], prefix: string, acls: readonly AclBinding[]): void {
  const own = new Map(products.flatMap((product) => marksOf(product, prefix)).map((mark) => [mark.name, mark]));
  const wrong = acls.filter((acl) => {
    const mark = own.get(acl.name);
    return isTopicMark(acl) && mark !== undefined && aclKey(mark) !== aclKey(acl);
  });
  if (wrong.length === 0) return;
  const lines = wrong.map((mark) => `  in force: ${markText(mark)}`);
  throw new PipelineError("badConfiguration", `The file sells on topics what is not in force:\n${lines.join("\n")}\n`, {
    remedy: "Start this stage with the file that is in force, or run `bellwether entitlements apply` with this one.",
  });
}

/** Looks again and again, until the signal; rejects as `requireMarks`. A cluster that cannot be asked is asked again. */
export async function watchMarks(
  products: readonly Product[],
  prefix: string,
  admin: Pick<ClusterAdmin, "acls">,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  for (;;) {
    await pause(markCheckMs, signal);
    if (signal.aborted) return;
    const acls = await marksInForce(admin, log).catch((error: unknown) => {
      if (error instanceof PipelineError) return [];
      throw error;
    });
    requireMarks(products, prefix, acls);
  }
}

/** Empty where this user may not see them: then `apply` has never given it that right, and has marked nothing. */
export async function marksInForce(admin: Pick<ClusterAdmin, "acls">, log: Log): Promise<readonly AclBinding[]> {
  try {
    return await admin.acls();
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== "kafkaAuthorization") throw error;
    log.debug("what the topics hold cannot be seen", { fault: error.code });
    return [];
  }
}
