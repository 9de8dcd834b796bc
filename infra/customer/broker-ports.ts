import { Port } from "aws-cdk-lib/aws-ec2";

/**
 * Where brokers listen over PrivateLink: MSK gives each broker a port of its own, from 14001 on. A cluster that grows takes the next ones, so
 * that a rule by today's number of brokers would shut tomorrow's out.
 * @see https://docs.aws.amazon.com/msk/latest/developerguide/aws-access-mult-vpc.html
 */
export const brokerPorts = Port.tcpRange(14001, 14100);
