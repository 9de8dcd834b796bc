import { environment } from "../runtime/config/environment.ts";
import { parseConfig } from "../runtime/config/parse.ts";
import { kafkaVariables } from "../runtime/config/variables.ts";
import { kafkaConnection } from "../runtime/kafka/connection.ts";
import type { KafkaConnection } from "../runtime/kafka/types.ts";

/**
 * How to reach the provider's cluster: brokers, the authority to trust (`tls: { ca: undefined }`: those that Node trusts), user and password. With
 * `renewSasl` a refused password is read again, so that its rotation goes unnoticed.
 */
export type FeedConnection = Omit<KafkaConnection, "clientId" | "onTrouble"> & { readonly clientId?: string };

/**
 * The connection that the environment describes: `KAFKA_BROKERS`, `KAFKA_TLS_CA`, and `KAFKA_SASL_USERNAME` with `KAFKA_SASL_PASSWORD`, or
 * `KAFKA_SECRET_ID` (its whole ARN, where it is another account's), which is read again where the password is refused.
 * @throws PipelineError `badConfiguration`, `secretUnavailable`
 */
export async function connectionFromEnvironment(from = environment): Promise<FeedConnection> {
  return kafkaConnection(parseConfig(kafkaVariables, from), "bellwether-consumer");
}
