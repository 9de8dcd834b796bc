import { join } from "node:path";
import type { Passwords } from "./credentials.ts";
import type { TlsFiles } from "./tls-files.ts";

/** What one start of the broker is made of. */
export interface ServerPropertiesInput {
  readonly folder: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly passwords: Passwords;
  readonly tls: TlsFiles;
  readonly extra: Readonly<Record<string, string>>;
}

const scram = "org.apache.kafka.common.security.scram.ScramLoginModule";
const plain = "org.apache.kafka.common.security.plain.PlainLoginModule";
/** How long a connection lives on what it signed in with. */
const sessionMs = 300_000;
const messageBytesMax = 5 * 1024 * 1024;

/**
 * The settings of a single-node KRaft broker whose only client listener is SASL_SSL with SCRAM-SHA-512 on 127.0.0.1, where nothing
 * is allowed that no ACL allows. The controller's listener asks for a password too: on a shared machine loopback is not private.
 */
export function serverProperties(input: ServerPropertiesInput): string {
  const own = input.passwords["broker"] ?? "";
  const properties: Record<string, string> = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@127.0.0.1:${input.controllerPort}`,
    "controller.listener.names": "CONTROLLER",
    listeners: `SASL_SSL://127.0.0.1:${input.port},CONTROLLER://127.0.0.1:${input.controllerPort}`,
    "advertised.listeners": `SASL_SSL://127.0.0.1:${input.port}`,
    "listener.security.protocol.map": "SASL_SSL:SASL_SSL,CONTROLLER:SASL_SSL",
    "inter.broker.listener.name": "SASL_SSL",
    "log.dirs": logFolder(input.folder),

    // Who is who. SCRAM cannot serve the controller's listener: its users stand in the log that the controller reads.
    "sasl.enabled.mechanisms": "SCRAM-SHA-512",
    "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
    "sasl.mechanism.controller.protocol": "PLAIN",
    "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": `${scram} required username="broker" password="${own}";`,
    "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
    "listener.name.controller.plain.sasl.jaas.config": `${plain} required username="broker" password="${own}" user_broker="${own}";`,
    // A connection is asked again who it is: Kafka would else let it outlive its password, and its user, under a name that may be given away anew.
    "listener.name.sasl_ssl.scram-sha-512.connections.max.reauth.ms": String(sessionMs),
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": input.tls.serverFile,
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": input.tls.caFile,

    // Who may do what.
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "false",
    "super.users": "User:admin;User:broker",

    // One node: one replica of everything, small internal topics, no waiting for other members.
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "4",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
    "log.cleaner.dedupe.buffer.size": "8388608",
    "message.max.bytes": String(messageBytesMax),
    "replica.fetch.max.bytes": String(messageBytesMax),
    ...input.extra,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${escaped(value)}\n`)
    .join("");
}

/** Where the broker's log segments are, below its data folder. */
export function logFolder(folder: string): string {
  return join(folder, "log");
}

/** A value as java.util.Properties reads it back: a backslash would otherwise start an escape. */
function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\");
}
