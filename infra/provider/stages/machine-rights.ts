import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";

/** Only through Systems Manager is a machine reached: no SSH, no key. What its agent needs of the managed policy, without its parameters and inventory. */
export function sessionStatement(): PolicyStatement {
  return new PolicyStatement({
    sid: "SessionManager",
    actions: [
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ],
    // These actions know no resource: the service authorization reference lists none for them.
    resources: ["*"],
  });
}

/** To write one group's streams. */
export function logStatement(logGroup: ILogGroup): PolicyStatement {
  return new PolicyStatement({
    sid: "Log",
    actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
    resources: [logGroup.logGroupArn],
  });
}
