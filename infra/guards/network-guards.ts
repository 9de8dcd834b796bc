import { at, eachOf, type Finding, type Guard, listOf, resourcesOf, type Template } from "./template.ts";

/** Nothing comes in from everywhere, nobody by SSH, and no NAT gateway is paid for. */
export const networkGuards: readonly Guard[] = [
  openIngress,
  eachOf(["AWS::EC2::NatGateway"], "nat-gateway", () => "Nothing here needs one: 33 dollars a month each."),
  eachOf(["AWS::EC2::Instance", "AWS::EC2::LaunchTemplate"], "ssh-key", (properties) =>
    (at(properties, "LaunchTemplateData", "KeyName") ?? properties["KeyName"]) === undefined
      ? null
      : "Machines are reached by Session Manager, and have no SSH key.",
  ),
  eachOf(["AWS::EC2::LaunchTemplate"], "metadata-tokens", (properties) =>
    at(properties, "LaunchTemplateData", "MetadataOptions", "HttpTokens") === "required"
      ? null
      : "A machine's metadata must need a token (IMDSv2): else a request forged on it reads the role's credentials.",
  ),
  eachOf(["AWS::EC2::LaunchTemplate"], "machine-disks", (properties) => {
    const disks = listOf(at(properties, "LaunchTemplateData", "BlockDeviceMappings"));
    const isEncrypted = disks.length > 0 && disks.every((disk) => at(disk, "Ebs", "Encrypted") === true);
    return isEncrypted ? null : "A machine's disks must be named and encrypted.";
  }),
  eachOf(["AWS::EC2::Volume"], "volumes", ({ Encrypted }) =>
    Encrypted === true ? null : "A volume must be encrypted.",
  ),
  eachOf(["AWS::EC2::Subnet"], "typed-zone", ({ AvailabilityZone, AvailabilityZoneId }) =>
    typeof AvailabilityZone === "string" || typeof AvailabilityZoneId === "string"
      ? "A zone must be looked up when it is deployed: one name means another place in another account."
      : null,
  ),
];

const everywhere = ["0.0.0.0/0", "::/0"];

/** Rules inside of a group and rules by themselves; SSH from anywhere but a group counts too. */
function openIngress(template: Template): readonly Finding[] {
  const inGroups = resourcesOf(template, "AWS::EC2::SecurityGroup").flatMap(({ logicalId, Properties }) =>
    listOf(Properties?.["SecurityGroupIngress"]).map((rule) => ({ logicalId, rule })),
  );
  const alone = resourcesOf(template, "AWS::EC2::SecurityGroupIngress").map(({ logicalId, Properties }) => ({
    logicalId,
    rule: Properties as unknown,
  }));
  return [...inGroups, ...alone].flatMap(({ logicalId, rule }) => {
    const message = ingressFault(rule);
    return message === null ? [] : [{ guard: "open-ingress", logicalId, message }];
  });
}

function ingressFault(rule: unknown): string | null {
  const from = at(rule, "CidrIp") ?? at(rule, "CidrIpv6");
  if (from === undefined) return null;
  if (everywhere.includes(String(from))) return "Nothing may come in from everywhere.";
  const [first, last] = [Number(at(rule, "FromPort")), Number(at(rule, "ToPort"))];
  const hasSsh = String(at(rule, "IpProtocol")) === "-1" || (first <= 22 && last >= 22);
  return hasSsh ? "No SSH: machines are reached by Session Manager." : null;
}
