import { differences } from "./differences.ts";
import type { FoundPolicy } from "./in-force.ts";
import { type PolicySettings, policyName, retentionPolicy } from "./policy.ts";
import type { Plan, Step } from "./step.ts";

/** What must be done for the retention to be the policy of every index: of new ones by its pattern, of those that are there by name. */
export function policyPlan(settings: PolicySettings, { policy, managedBy }: FoundPolicy): Plan {
  const name = policyName(settings.indexPrefix);
  const path = `/_plugins/_ism/policies/${name}`;
  const wanted = retentionPolicy(settings);
  const details = policy === null ? [] : differences(wanted, policy.body, { mayHaveMore: true });
  const steps: Step[] = [];
  const changed = policy !== null && details.length > 0;
  if (policy === null || changed) {
    const query =
      policy === null ? {} : { if_seq_no: String(policy.seqNo), if_primary_term: String(policy.primaryTerm) };
    steps.push({
      change: policy === null ? "create" : "update",
      subject: `policy ${name}`,
      details,
      requests: [{ method: "PUT", path, query, body: { policy: wanted } }],
    });
  }
  const free = [...managedBy].flatMap(([index, by]) => (by === null ? [index] : []));
  const ours = changed ? [...managedBy].flatMap(([index, by]) => (by === name ? [index] : [])) : [];
  // An index keeps the policy as it was when it was given it, until it is told to change.
  for (const [indices, action, change] of [
    [free, "add", "gets the policy"],
    [ours, "change_policy", "gets the policy's new version"],
  ] as const) {
    if (indices.length === 0) continue;
    steps.push({
      change: "update",
      subject: `policy of ${indices.length} indices`,
      details: indices.map((index) => `${index} ${change}`),
      requests: [{ method: "POST", path: `/_plugins/_ism/${action}/${indices.join(",")}`, body: { policy_id: name } }],
    });
  }
  const others = [...managedBy].filter(([, by]) => by !== null && by !== name);
  return { steps, notes: others.map(([index, by]) => `${index} is left to the policy ${by}.`) };
}
