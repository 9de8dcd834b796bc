import { z } from "zod";
import { overridesSchema, type Sizes } from "../../domain/deployment/sizes.ts";
import type { Entitlements } from "../../domain/entitlements/entitlements.ts";
import { ruleSettings } from "./rule-settings.ts";

const account = z
  .string("must be text: put quotes around it, or leading zeros are lost")
  .regex(/^\d{12}$/, "must be an AWS account: 12 digits");
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region, like us-east-1");
const symbol = z
  .string("must be text; put quotes around a symbol that YAML takes for something else, like ON")
  .regex(/^(\*|[A-Z][A-Z0-9./]*)$/, "must be a symbol: upper-case letters, digits, dot");

/** What stands in `deployment.yaml` of the provider's account. */
export const providerDocument = z.strictObject({
  deployment: z.literal("provider"),
  account,
  region,
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,30}$/, "must be lower-case letters, digits and hyphens, 31 at most")
    .default("bellwether")
    .describe("Name of the stack, and beginning of the names of what is in it"),
  profile: z.enum(["dev", "prod"], "must be dev or prod"),
  topicPrefix: z
    .string()
    .regex(/^[a-z0-9][a-zA-Z0-9._-]*[.-]$/, "must begin with a letter or digit and end with a dot or a hyphen")
    .default("market.")
    .describe("Begins every topic, group and transactional id"),
  feed: z.strictObject({
    symbols: z.array(symbol).min(1, "must hold one at least"),
    stream: z
      .string()
      .regex(/^v\d+(beta\d+)?\/[a-z_]+$/, "must be a stream of Alpaca's, like v2/iex")
      .default("v2/iex"),
  }),
  settings: ruleSettings.default({}).describe("Stages' settings by their documented names"),
  entitlements: z.string().min(1).default("entitlements.yaml").describe("Path of the entitlements, from this file"),
  alarms: z.strictObject({
    email: z.email("must be an e-mail address").describe("Who is told; the address must confirm once"),
    monthlyBudgetDollars: z.number().positive("must be more than 0"),
  }),
  overrides: overridesSchema.default({}).describe("Any value of the profile"),
});

/** What stands in `deployment.yaml` of a customer's account: what the provider told, and nothing else. */
export const customerDocument = z.strictObject({
  deployment: z.literal("customer"),
  clusterArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:kafka:[a-z0-9-]+:\d{12}:cluster\/[^/\s]+\/[^/\s]+$/, "must be the ARN of an MSK cluster"),
  secretArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+-\w{6}$/,
      "must be the whole ARN of a secret, with the six characters at its end",
    ),
});

/** The provider's account, all defaults in place, its profile and overrides made one, its entitlements read. */
export interface ProviderDeployment extends Omit<z.output<typeof providerDocument>, "overrides" | "entitlements"> {
  readonly sizes: Sizes;
  readonly entitlements: Entitlements;
  /** The file's text as it stands: what the handler and the distributor are given. */
  readonly entitlementsText: string;
}

/** A customer's account. */
export interface CustomerDeployment extends z.output<typeof customerDocument> {
  /** Of the cluster, and so of everything here. */
  readonly region: string;
}

/** One account's one stack. */
export type Deployment = ProviderDeployment | CustomerDeployment;
