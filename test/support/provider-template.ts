import { Template } from "aws-cdk-lib/assertions";
import { type ProfileName, profiles } from "../../domain/deployment/profiles.ts";
import { ProviderStack } from "../../infra/provider/provider-stack.ts";
import type { ProviderDeployment } from "../../runtime/deployment/deployment.ts";
import { exampleProvider, testApp } from "./infra-app.ts";
import { emptyStageFiles } from "./stage-files.ts";
import { resolved, type SynthesisedTemplate } from "./template-values.ts";

/** A resource with made-up values in the places of what only a deployment knows. */
export interface ResolvedResource {
  readonly id: string;
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test asks for any property of any type.
  readonly Properties: any;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly [attribute: string]: any;
}

const made = new Map<string, readonly ResolvedResource[]>();

/** All resources of the provider's example under a profile; made once for a test file. */
export function providerResources(
  profile: ProfileName,
  changes: Partial<ProviderDeployment> = {},
): readonly ResolvedResource[] {
  const key = `${profile} ${JSON.stringify(changes)}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const deployment = exampleProvider({ profile, sizes: profiles[profile], ...changes });
  const template = Template.fromStack(new ProviderStack(testApp(), deployment, emptyStageFiles())).toJSON();
  const resources = Object.entries(resolved(template["Resources"], template as SynthesisedTemplate) as object);
  const list = resources.map(([id, resource]) => ({ id, ...resource }) as ResolvedResource);
  made.set(key, list);
  return list;
}

/** Those of a type whose logical id begins so. */
export function resourcesOf(
  resources: readonly ResolvedResource[],
  type: string,
  beginning = "",
): readonly ResolvedResource[] {
  return resources.filter(({ id, Type }) => Type === type && id.startsWith(beginning));
}

/** The only one. */
export function resourceOf(resources: readonly ResolvedResource[], type: string, beginning = ""): ResolvedResource {
  const found = resourcesOf(resources, type, beginning);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} of ${type} ${beginning}`);
  return found[0];
}
