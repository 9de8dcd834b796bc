import { z } from "zod";
import { carryOut } from "../../../cli/entitlements/carry-out.ts";
import { rotationPlans } from "../../../cli/entitlements/plans.ts";
import { readInForce } from "../../../cli/entitlements/read-in-force.ts";
import { desiredState } from "../../../domain/entitlements/desired-state.ts";
import type { Entitlements } from "../../../domain/entitlements/entitlements.ts";
import { stepLines } from "../../../domain/entitlements/step.ts";
import { PipelineError } from "../../../domain/errors.ts";
import type { ApplyDeps } from "./apply-entitlements.ts";

/**
 * No user is begun after this time: a function lives for 15 minutes, and MSK can take ten of them for one user. That wait is not shortened. A rotation that
 * is cut short begins anew, with another password that the cluster has to take, and might never come to its end.
 */
const workMsMax = 2 * 60_000;

const rotateRequest = z.strictObject({
  rotate: z.union([z.strictObject({ user: z.string().min(1) }), z.strictObject({ customer: z.string().min(1) })]),
  finish: z.boolean().default(false),
});

/** Whose passwords to rotate, or whose rotation to finish. */
export type RotateRequest = z.output<typeof rotateRequest>;

/** What was done, in the words of `bellwether entitlements rotate`; it never holds a password. A type, not an interface: it becomes JSON. */
export type Rotated = {
  /** False where the time was up after one of a customer's users: the same request again sees to the others. */
  readonly isDone: boolean;
  readonly lines: readonly string[];
};

/** @throws PipelineError `badConfiguration` that says what can be asked; what was asked is not repeated */
export function parseRotateRequest(request: unknown): RotateRequest {
  const result = rotateRequest.safeParse(request);
  if (result.success) return result.data;
  throw new PipelineError("badConfiguration", "This is no request for a rotation.", {
    remedy:
      'Ask with {"rotate":{"user":"NAME"}} or {"rotate":{"customer":"NAME"}}, and later with "finish":true beside "rotate".',
  });
}

/**
 * Rotates, or ends a rotation, user by user. A request that arrives twice does no harm: a user whose last rotation is not finished is passed over, since
 * another one would cut off programs that have not moved yet.
 * @throws PipelineError as `rotationPlans`, and as each step; what is half done then is told from what is done, and the same request goes on
 */
export async function rotateUsers(
  entitlements: Entitlements,
  { rotate, finish }: RotateRequest,
  { log, nowMs, open }: ApplyDeps,
): Promise<Rotated> {
  const endMs = nowMs() + workMsMax;
  const lines: string[] = [];
  const tell = (line: string) => {
    lines.push(line);
    log.info(line);
  };
  const target = await open((step) => stepLines(step).forEach(tell));
  try {
    const desired = desiredState(entitlements, target.prefix);
    const options = { ...rotate, finish, isOnce: true };
    for (const { user, plan } of rotationPlans(desired, await readInForce(target), options)) {
      if (plan.steps.length > 0 && nowMs() > endMs) {
        tell("There is more to do: ask again.");
        return { isDone: false, lines };
      }
      await carryOut(plan.steps, target);
      const done = finish ? "what its last rotation replaced is gone" : "has a new password";
      tell(`${user}: ${plan.steps.length === 0 ? "nothing to do" : done}.`);
      for (const note of plan.notes) tell(`! ${note}`);
    }
    return { isDone: true, lines };
  } finally {
    await target.close();
  }
}
