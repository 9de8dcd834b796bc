import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { readEntitlements } from "../../distributor/read-entitlements.ts";
import { DenialCounter, denialText, parseDenial } from "../../domain/entitlements/denials.ts";
import { desiredState } from "../../domain/entitlements/desired-state.ts";
import { type Plan, planText, stepLines } from "../../domain/entitlements/step.ts";
import { PipelineError } from "../../domain/errors.ts";
import { topicNames } from "../../domain/topics.ts";
import type { Environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { stageLog } from "../stage-log.ts";
import { carryOut } from "./carry-out.ts";
import { checkText, checkUsers } from "./check.ts";
import { checkOpenSearch } from "./check-open-search.ts";
import { type FoundTarget, openSearchTarget } from "./open-search-target.ts";
import { type OpenTarget, openTarget, type SecretsOptions, secretStoreOf } from "./open-target.ts";
import { planOf, rotationPlans } from "./plans.ts";
import { readInForce } from "./read-in-force.ts";
import { deniedVariables, entitlementsVariables } from "./variables.ts";

/** Options of all the commands together. */
export interface EntitlementsOptions extends SecretsOptions {
  readonly environment: Environment;
  readonly file?: string;
  readonly deleteTopics?: boolean;
  readonly removeAll?: boolean;
  readonly newPasswords?: boolean;
  readonly user?: string;
  readonly customer?: string;
  readonly finish?: boolean;
  readonly json?: boolean;
  readonly log?: string;
}

/** Shows what `apply` would change. */
export async function showPlan(options: EntitlementsOptions): Promise<boolean> {
  return withTarget(options, async (desired, target) => {
    const sure = { removeAll: true, newPasswords: true, prefix: target.prefix };
    const plan = planOf(desired, await readInForce(target), { ...options, ...sure });
    write(planText(withOpenSearchNote(plan, target)));
    return true;
  });
}

/** Makes the file's entitlements hold, telling each change as it is done. */
export async function apply(options: EntitlementsOptions): Promise<boolean> {
  return withTarget(options, async (desired, target) => {
    const plan = planOf(desired, await readInForce(target), { ...options, prefix: target.prefix });
    await carryOut(plan.steps, target);
    const { notes } = withOpenSearchNote(plan, target);
    write(planText({ steps: [], notes }, plan.steps.length === 0 ? undefined : "Applied."));
    return true;
  });
}

/** Tries everything for everyone; false where anything is not as it must be. */
export async function check(options: EntitlementsOptions): Promise<boolean> {
  return withTarget(options, async (desired, target) => {
    const inForce = await readInForce(target);
    const { steps } = planOf(desired, inForce, { removeAll: true, newPasswords: true, prefix: target.prefix });
    const missing = Object.values(topicNames(target.prefix)).filter((topic) => !inForce.topics.has(topic));
    const lines = [
      ...(await checkUsers(desired, inForce, target)),
      ...(await checkOpenSearch(desired, inForce, target)),
    ];
    write(options.json === true ? lines.map((line) => `${JSON.stringify(line)}\n`).join("") : checkText(lines));
    if (missing.length > 0) process.stderr.write(`The pipeline's topics are not all there: ${missing.join(", ")}\n`);
    if (steps.length > 0) {
      process.stderr.write(
        `The file is not what is in force; \`entitlements apply\` would change:\n${planText({ steps, notes: [] })}`,
      );
    }
    return steps.length === 0 && lines.every(({ wrong }) => wrong.length === 0);
  });
}

/** Rotates, or ends a rotation. */
export async function rotate(options: EntitlementsOptions): Promise<boolean> {
  return withTarget(options, async (desired, target) => {
    for (const { user, plan } of rotationPlans(desired, await readInForce(target), options)) {
      await carryOut(plan.steps, target);
      const done = options.finish === true ? "what its last rotation replaced is gone" : "has a new password";
      write(
        planText({ steps: [], notes: plan.notes }, `${user}: ${plan.steps.length === 0 ? "nothing to do" : done}.`),
      );
    }
    return true;
  });
}

/** Prints all that follows from the file. */
export async function show(options: EntitlementsOptions): Promise<boolean> {
  const config = parseConfig(
    entitlementsVariables.pick({ TOPIC_PREFIX: true, ENTITLEMENTS_FILE: true }),
    options.environment,
  );
  const entitlements = await readEntitlements(options.file ?? config.ENTITLEMENTS_FILE, config.TOPIC_PREFIX);
  write(`${JSON.stringify(desiredState(entitlements, config.TOPIC_PREFIX), null, 2)}\n`);
  return true;
}

/** Counts what the brokers have refused. */
export async function showDenied(options: EntitlementsOptions): Promise<boolean> {
  const file = options.log ?? parseConfig(deniedVariables, options.environment).KAFKA_AUTHORIZER_LOG;
  if (file === undefined) {
    throw new PipelineError("badConfiguration", "Which log to read is not said.", {
      remedy:
        "Give it with --log, or set KAFKA_AUTHORIZER_LOG; on MSK pipe the brokers' logs of CloudWatch into `--log -`.",
    });
  }
  const counter = new DenialCounter();
  for await (const line of linesOf(file)) {
    const denial = parseDenial(line);
    if (denial !== null) counter.add(denial);
  }
  const counts = counter.counts();
  write(options.json === true ? counts.map((count) => `${JSON.stringify(count)}\n`).join("") : denialText(counts));
  if (counter.left > 0) process.stderr.write(`${counter.left} denials more, of further names, are not shown.\n`);
  return true;
}

async function* linesOf(file: string): AsyncIterable<string> {
  const input = file === "-" ? process.stdin : createReadStream(file);
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw new PipelineError("badConfiguration", `The log ${file} cannot be read.`, {
      remedy: "Give the path of the authorizer's log, which this user may read.",
      cause: error,
    });
  }
}

/** The file is read, and all of it found good, before anything else is looked at. */
async function withTarget(
  options: EntitlementsOptions,
  work: (desired: ReturnType<typeof desiredState>, target: WholeTarget) => Promise<boolean>,
): Promise<boolean> {
  const config = parseConfig(entitlementsVariables, options.environment);
  const prefix = config.TOPIC_PREFIX;
  const desired = desiredState(await readEntitlements(options.file ?? config.ENTITLEMENTS_FILE, prefix), prefix);
  const log = stageLog("entitlements", config);
  const onDone = (step: Parameters<OpenTarget["onDone"]>[0]) =>
    write(
      stepLines(step)
        .map((line) => `${line}\n`)
        .join(""),
    );
  const secrets = secretStoreOf(config, options);
  const openSearchFound = await openSearchTarget(config);
  const target = await openTarget({ config, secrets, log, onDone, openSearch: openSearchFound.target });
  try {
    return await work(desired, { ...target, openSearchFound });
  } finally {
    await target.close();
  }
}

type WholeTarget = OpenTarget & { readonly openSearchFound: FoundTarget };

/** Says so where roles for OpenSearch follow from the file and are not put. A run that changes nothing needs no telling again. */
function withOpenSearchNote(plan: Plan, { openSearchFound }: WholeTarget): Plan {
  if (openSearchFound.target !== undefined || plan.steps.length === 0) return plan;
  return {
    ...plan,
    notes: [...plan.notes, `roles and users of OpenSearch are not seen to: ${openSearchFound.because}`],
  };
}

function write(text: string): void {
  process.stdout.write(text);
}
