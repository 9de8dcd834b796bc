import { at, eachOf, type Finding, type Guard, resourcesOf, type Template } from "./template.ts";

/** What would fail in the middle of a deployment, after an hour of waiting. */
export const deploymentGuards: readonly Guard[] = [
  slowResources,
  eachOf(["AWS::StepFunctions::StateMachine"], "long-wait", longWait),
];

const secondsMax = 3600;

/** CloudFormation ends a custom resource after an hour, whatever its function still does. */
function slowResources(template: Template): readonly Finding[] {
  const types = new Set(Object.values(template.Resources ?? {}).map(({ Type }) => Type));
  const custom = [...types].filter((type) => /^(Custom::|AWS::CloudFormation::CustomResource$)/.test(type));
  return resourcesOf(template, ...custom).flatMap(({ logicalId, Properties }) => {
    const timeout = at(Properties, "ServiceTimeout");
    return timeout !== undefined && Number(timeout) > secondsMax
      ? [{ guard: "slow-resource", logicalId, message: "A custom resource lasts an hour at most: chain another." }]
      : [];
  });
}

/** The framework's own machine must end before that, or its answer comes too late. */
function longWait({ DefinitionString }: Readonly<Record<string, unknown>>): string | null {
  const text = JSON.stringify(DefinitionString ?? "");
  const [interval, attempts] = ["IntervalSeconds", "MaxAttempts"].map((name) =>
    Number(new RegExp(`${name}[\\\\":]+(\\d+)`).exec(text)?.[1] ?? 0),
  );
  return (interval ?? 0) * (attempts ?? 0) >= secondsMax
    ? "What waits for a custom resource must end within the hour."
    : null;
}
