import { type Endpoint, endpointText } from "./step.ts";

// What to mend at each step, most likely cause first. Over PrivateLink the names and ports of the brokers are those of the VPC connection:
// https://docs.aws.amazon.com/msk/latest/developerguide/aws-access-mult-vpc.html

/** The ports on which a cluster's brokers answer a VPC connection with SCRAM: one for each broker. */
const privateLinkPorts = "14001-14100";

/** A broker's name has no address. */
export function dnsRemedy({ host }: Endpoint, isOwnName: boolean): readonly string[] {
  return [
    isOwnName
      ? `The first broker was found, but it sends clients to ${host}: every broker's own name must resolve.`
      : `Check the spelling of ${host} in KAFKA_BROKERS against the bootstrap string of the VPC connection.`,
    "Names of a VPC connection resolve only inside its VPC: run this on a machine there, with the VPC's own DNS server.",
    "Switch on `enableDnsSupport` and `enableDnsHostnames` of the VPC.",
    "See that the VPC connection is AVAILABLE and that its subnets are in the same Availability Zones (by AZ id, such as use1-az1) as the brokers.",
  ];
}

/** Nothing accepts, or nothing answers. */
export function tcpRemedy(endpoint: Endpoint, code: string, isOwnName: boolean): readonly string[] {
  const ownName = `The first broker was found, but it sends clients to ${endpointText(endpoint)}: every broker must be in reach, each on its own port.`;
  return [...(isOwnName ? [ownName] : []), ...closedRemedy(endpoint, code)];
}

function closedRemedy(endpoint: Endpoint, code: string): readonly string[] {
  if (code === "ECONNREFUSED") {
    return [
      `The machine answers, and nothing listens on the port ${endpoint.port}: check it against the bootstrap string of the VPC connection (${privateLinkPorts} with SCRAM over PrivateLink).`,
      "See that the cluster has private connectivity switched on for SASL/SCRAM: each way of signing in has ports of its own.",
    ];
  }
  return [
    `Allow TCP ${privateLinkPorts} from this machine in the security group of the VPC connection, and out of this machine's own.`,
    "See that the network ACLs of both subnets let answers back (ports 1024-65535).",
    `See that ${endpointText(endpoint)} is the VPC connection's and not the cluster's own bootstrap string, which only its own VPC reaches.`,
  ];
}

/** What is said of a certificate by Node's code for it. */
export function tlsRemedy(code: string): readonly string[] {
  switch (code) {
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return [
        "Use the names in KAFKA_BROKERS that the certificate has: an IP address or an alias of your own does not do.",
        "Where a proxy or a load balancer stands between, let it pass TLS through.",
      ];
    case "CERT_HAS_EXPIRED":
      return ["The provider must renew the broker's certificate: tell them.", "Check this machine's clock."];
    case "CERT_NOT_YET_VALID":
      return ["Check this machine's clock."];
    case "notTls":
      return [
        "This port speaks no TLS: take the bootstrap string for SASL/SCRAM, or, on a broker of your own with neither TLS nor users, give no credentials and set KAFKA_TLS=off.",
      ];
    default:
      return [
        "Set KAFKA_TLS_CA to the PEM file of the authority that signed the brokers; MSK's are signed by Amazon and need none.",
        "Where a proxy opens TLS on the way (its authority signed this certificate), let it pass the brokers through.",
      ];
  }
}

export const scramRemedy: readonly string[] = [
  "Check the user name and the password, or what KAFKA_SECRET_ID holds, against what the provider gave you; it may have been rotated.",
  "The provider must have associated the secret with the cluster (its name begins with AmazonMSK_, its key is a customer-managed one).",
  "Take the bootstrap string for SASL/SCRAM: the port of another client authentication scheme (IAM, TLS) refuses SCRAM.",
  "The cluster's policy must allow your account to connect.",
];

export function topicRemedy(username: string): readonly string[] {
  return [
    `Ask the provider whether ${username} may read it: a right of Read on the topic, from entitlements.`,
    "Check the topic's name; without --topic, all that your rights show is read.",
  ];
}

export function groupRemedy(prefix: string): readonly string[] {
  return [
    `Use a group that begins with \`${prefix}\`.`,
    `Ask the provider for a right of Read on the groups that begin with \`${prefix}\`.`,
  ];
}

export const joinRemedy: readonly string[] = [
  "The rights are well, and the cluster is not: try again, and if it lasts, tell the provider that partitions are not dealt, or their offsets not told.",
];

export const emptyRemedy: readonly string[] = [
  "The way is open, and nothing has been published here yet, or what was is past its retention: ask the provider if that goes on in market hours.",
  "A delayed product begins as late as its delay.",
];
