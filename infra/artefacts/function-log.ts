import { RemovalPolicy } from "aws-cdk-lib";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";

/** Where the functions of a construct say what they did: kept for a month, and gone with the stack. */
export function functionLog(scope: Construct): LogGroup {
  return new LogGroup(scope, "Log", { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
}
