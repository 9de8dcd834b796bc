import { readFileSync } from "node:fs";
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from "aws-cdk-lib";
import { guardFindings } from "./guards.ts";
import type { Template } from "./template.ts";

/** Runs our own guards over every template at the end of a synthesis, which then fails on a finding. */
export function guardsPlugin(): IPolicyValidationPlugin {
  return { name: "Bellwether", validate };
}

function validate({ stackTemplates }: IPolicyValidationContext): PolicyValidationPluginReport {
  const violations = stackTemplates.flatMap(({ templatePath }) => {
    const template = JSON.parse(readFileSync(templatePath, "utf8")) as Template;
    return guardFindings(template).map(({ guard, logicalId, message }) => ({
      ruleName: guard,
      description: message,
      severity: "error",
      violatingResources: [{ resourceLogicalId: logicalId, templatePath, locations: ["Properties"] }],
    }));
  });
  return { success: violations.length === 0, violations };
}
