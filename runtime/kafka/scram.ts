import scram512 from "kafkajs/src/broker/saslAuthenticator/scram512.js";
import type Cluster from "kafkajs/src/cluster/index.js";

/**
 * Signs in with SCRAM-SHA-512. kafkajs's own way calls every fault on the way a refusal, a cut connection too, and a client would
 * give up over a broker that is just restarting; here the first fault itself comes out.
 */
export function scramSha512(credentials: { readonly username: string; readonly password: string }): Cluster.Sasl {
  const provider = scram512(credentials);
  return {
    mechanism: "scram-sha-512",
    authenticationProvider: (context) => {
      let fault: unknown;
      const saslAuthenticate: typeof context.saslAuthenticate = async (exchange) => {
        try {
          return await context.saslAuthenticate(exchange);
        } catch (error) {
          fault ??= error;
          throw error;
        }
      };
      const authenticator = provider({ ...context, saslAuthenticate });
      return {
        authenticate: async () => {
          try {
            await authenticator.authenticate();
          } catch (error) {
            throw fault ?? error;
          }
        },
      };
    },
  };
}
