import { type TemplateSettings, templatesOf } from "../templates.ts";
import type { InForce } from "./in-force.ts";
import { indexPlan } from "./index-plan.ts";
import { oldDaysPlan } from "./old-days-plan.ts";
import { policyPlan } from "./policy-plan.ts";
import { joinPlans, type Plan } from "./step.ts";
import { templatePlan } from "./template-plan.ts";

/** What a deployment's OpenSearch is to be like. */
export interface SetupOptions {
  readonly templates: TemplateSettings;
  /** Null: every day is kept. */
  readonly retainDays: number | null;
  /** Null: no day is compressed. */
  readonly compressAfterDays: number | null;
  readonly nowMs: number;
}

/** Where nobody compresses, Index State Management merges the segments of days that are written no more. */
const mergeAfterDays = 2;

/** All that is to be changed; nothing where all is as wanted. */
export function setupPlan(options: SetupOptions, inForce: InForce): Plan {
  const { templates: settings, retainDays, compressAfterDays, nowMs } = options;
  const { indexPrefix } = settings;
  const wanted = templatesOf(settings);
  const { ism, indices } = inForce;
  // Where the policy deletes, nobody else needs to.
  const deleteAfterDays = ism === null ? retainDays : null;
  const oldDays = oldDaysPlan(indices, { indexPrefix, retainDays: deleteAfterDays, compressAfterDays, nowMs });
  const deleted = new Set(oldDays.steps.filter(({ change }) => change === "delete").map(({ subject }) => subject));
  const kept = indices.filter(({ name }) => !deleted.has(`index ${name}`));
  const plans = [templatePlan(wanted, inForce), indexPlan(wanted.indices, settings, kept)];
  if (retainDays !== null && ism !== null) {
    const policy = { indexPrefix, retainDays, mergeAfterDays: compressAfterDays === null ? mergeAfterDays : null };
    plans.push(policyPlan(policy, ism));
  }
  plans.push(oldDays);
  if (retainDays !== null && ism === null) {
    plans.push({
      steps: [],
      notes: [
        "This OpenSearch has no Index State Management: `index setup --retain` deletes once, `bellwether index --retain` goes on doing so.",
      ],
    });
  }
  return joinPlans(plans);
}
