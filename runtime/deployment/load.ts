import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import type { z } from "zod";
import { profiles } from "../../domain/deployment/profiles.ts";
import { sizeFaults } from "../../domain/deployment/relations.ts";
import type { Sizes, sizesSchema } from "../../domain/deployment/sizes.ts";
import { parseEntitlements } from "../../domain/entitlements/parse-entitlements.ts";
import { PipelineError } from "../../domain/errors.ts";
import { type CustomerDeployment, customerDocument, type Deployment, providerDocument } from "./deployment.ts";

/** Two programs read the file, and each has its own way to be told where it is. */
const missingFileRemedy =
  "Copy one of examples/deployment.*.yaml there, or say where yours is: `cdk -c config=PATH`, `bellwether cost --config PATH`.";

/**
 * Reads a deployment's file, and the entitlements that a provider's names.
 * @throws PipelineError `badConfiguration` with every fault of the file; where it has none, with every fault of the entitlements
 */
export function loadDeployment(file: string): Deployment {
  const document = parsedYaml(file, readText(file, missingFileRemedy));
  const kind = (document as { deployment?: unknown } | null)?.deployment;
  if (kind === "customer") return customerOf(file, document);
  if (kind !== "provider") throw faulty(file, ["deployment: must be provider or customer"]);
  const { overrides, entitlements: path, ...rest } = checked(file, providerDocument, document);
  const sizes = overridden(profiles[rest.profile], overrides);
  const faults = sizeFaults(sizes);
  if (faults.length > 0) throw faulty(file, faults);
  const entitlementsFile = resolve(dirname(file), path);
  const entitlementsText = readText(
    entitlementsFile,
    `\`entitlements\` in ${file} names it, from that file's folder: put it there.`,
  );
  return {
    ...rest,
    sizes,
    entitlements: parseEntitlements(entitlementsText, rest.topicPrefix),
    entitlementsText,
  };
}

function customerOf(file: string, document: unknown): CustomerDeployment {
  const customer = checked(file, customerDocument, document);
  const region = customer.clusterArn.split(":")[3] ?? "";
  if (customer.secretArn.split(":")[3] !== region) throw faulty(file, ["secretArn: must be in the cluster's region"]);
  return { ...customer, region };
}

function overridden(profile: Sizes, overrides: z.output<typeof providerDocument>["overrides"]): Sizes {
  const { network, brokers, stages, search, logs } = overrides;
  const merged = {
    network: { ...profile.network, ...network },
    brokers: { ...profile.brokers, ...brokers },
    stages: {
      producer: { ...profile.stages.producer, ...stages?.producer },
      enricher: { ...profile.stages.enricher, ...stages?.enricher },
      indexer: { ...profile.stages.indexer, ...stages?.indexer },
      distributor: { ...profile.stages.distributor, ...stages?.distributor },
    },
    search: { ...profile.search, ...search },
    logs: { ...profile.logs, ...logs },
  };
  // What is optional in the schema is left out, and never undefined: YAML has no such value.
  return merged as z.output<typeof sizesSchema>;
}

function checked<Schema extends z.ZodType>(file: string, schema: Schema, document: unknown): z.output<Schema> {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  throw faulty(
    file,
    result.error.issues.flatMap((issue) => issueTexts(issue, document)),
  );
}

function issueTexts(issue: z.core.$ZodIssue, document: unknown): readonly string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${pathText([...issue.path, key])}: is unknown here`);
  }
  const isMissing = issue.code === "invalid_type" && valueAt(document, issue.path) === undefined;
  return [`${pathText(issue.path)}: ${isMissing ? "is missing" : issue.message}`];
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], document);
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`))
    .join("");
}

function parsedYaml(file: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw faulty(file, [error instanceof Error ? error.message : String(error)]);
  }
}

function readText(file: string, remedy: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new PipelineError("badConfiguration", `${file} cannot be read.`, { remedy, cause });
  }
}

function faulty(file: string, faults: readonly string[]): PipelineError {
  const lines = [...new Set(faults)].map((fault) => `  ${fault}`).join("\n");
  return new PipelineError("badConfiguration", `${file} has faults:\n${lines}\n`, {
    remedy: "Mend these; docs/deploy.md explains the file.",
  });
}
