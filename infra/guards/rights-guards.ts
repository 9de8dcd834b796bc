import { at, eachOf, type Finding, type Guard, listOf, resourcesOf, type Template } from "./template.ts";

/** Nobody may do everything, and not everybody anything. Wildcards of resources are cdk-nag's (IAM5), each with its reason. */
export const rightsGuards: readonly Guard[] = [
  everyAction,
  everyPrincipal,
  eachOf(
    ["AWS::IAM::User", "AWS::IAM::AccessKey"],
    "lasting-credentials",
    () => "Roles only: a user's key lasts until somebody remembers it.",
  ),
];

function everyAction(template: Template): readonly Finding[] {
  return statementsOf(template).flatMap(({ logicalId, type, statement }) => {
    // A key's own policy lets its account's administrators do all with that key: else nobody could mend it.
    if (at(statement, "Effect") !== "Allow" || type === "AWS::KMS::Key") return [];
    const wide = listOf(at(statement, "Action")).filter((action) => /^(\*|[a-z0-9-]+:\*)$/.test(String(action)));
    const message = `${wide.join(", ")}: say which actions.`;
    return wide.length === 0 ? [] : [{ guard: "every-action", logicalId, message }];
  });
}

function everyPrincipal(template: Template): readonly Finding[] {
  return statementsOf(template).flatMap(({ logicalId, type, statement }) => {
    if (at(statement, "Effect") !== "Allow" || isGuardedDomain(type, template.Resources?.[logicalId]?.Properties))
      return [];
    const principals = [at(statement, "Principal"), ...listOf(at(statement, "Principal", "AWS"))];
    const isBound = at(statement, "Condition") !== undefined;
    return principals.includes("*") && !isBound
      ? [{ guard: "every-principal", logicalId, message: "A policy must say who, or bind everybody by a condition." }]
      : [];
  });
}

/** A domain that asks for user and password itself, inside of a network: its policy cannot see who that is. */
function isGuardedDomain(type: string, properties: unknown): boolean {
  const signsIn = at(properties, "AdvancedSecurityOptions", "Enabled") === true;
  return type === "AWS::OpenSearchService::Domain" && signsIn && at(properties, "VPCOptions") !== undefined;
}

const policyKeys = [
  "PolicyDocument",
  "AssumeRolePolicyDocument",
  "KeyPolicy",
  "ResourcePolicy",
  "Policy",
  "AccessPolicies",
];

function statementsOf(template: Template) {
  const types = [...new Set(Object.values(template.Resources ?? {}).map(({ Type }) => Type))];
  return resourcesOf(template, ...types).flatMap(({ logicalId, Type: type, Properties = {} }) => {
    const inline = listOf(Properties["Policies"]).map((policy) => at(policy, "PolicyDocument"));
    const documents = [...policyKeys.map((key) => Properties[key]), ...inline];
    return documents
      .flatMap((document) => listOf(at(document, "Statement")))
      .map((statement) => ({ logicalId, type, statement }));
  });
}
