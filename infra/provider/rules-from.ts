import { CfnSecurityGroupIngress, type SecurityGroup } from "aws-cdk-lib/aws-ec2";

/**
 * The rules by which `group` lets `client` in. CloudFormation makes and deletes a rule whenever it likes: what goes that way must say that it needs it.
 */
export function rulesFrom(client: SecurityGroup, group: SecurityGroup): readonly CfnSecurityGroupIngress[] {
  return group.node.children.filter(
    (child): child is CfnSecurityGroupIngress =>
      child instanceof CfnSecurityGroupIngress && child.sourceSecurityGroupId === client.securityGroupId,
  );
}
