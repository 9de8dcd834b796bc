import scram512 from "kafkajs/src/broker/saslAuthenticator/scram512.js";
import type Cluster from "kafkajs/src/cluster/index.js";
import type { SaslSession } from "./sasl-session.ts";

/**
 * Signs in with SCRAM-SHA-512. kafkajs's own way calls every fault on the way a refusal, a cut connection too, and a client would
 * give up over a broker that is just restarting; here the first fault itself comes out, and a refusal goes through the session.
 */
export function scramSha512(session: SaslSession): Cluster.Sasl {
  return {
    mechanism: "scram-sha-512",
    authenticationProvider: (context) => ({
      authenticate: async () => {
        const { credentials } = session;
        let fault: unknown;
        const saslAuthenticate: typeof context.saslAuthenticate = async (exchange) => {
          try {
            return await context.saslAuthenticate(exchange);
          } catch (error) {
            fault ??= error;
            throw error;
          }
        };
        try {
          await scram512(credentials)({ ...context, saslAuthenticate }).authenticate();
        } catch (error) {
          const first = fault ?? error;
          throw isRefusal(first) ? await session.afterRefusal(credentials, first) : first;
        }
        session.accepted();
      },
    }),
  };
}

/** True for a broker's answer that it does not let in, and not for a fault of the way there. */
export function isRefusal(error: unknown): boolean {
  const { name, type } = error as { readonly name?: string; readonly type?: string };
  return name === "KafkaJSSASLAuthenticationError" || type === "SASL_AUTHENTICATION_FAILED";
}
