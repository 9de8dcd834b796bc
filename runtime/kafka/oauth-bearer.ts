import type Cluster from "kafkajs/src/cluster/index.js";
import { isRefusal } from "./scram.ts";
import type { TokenSession } from "./token-session.ts";

/**
 * Signs in with a token (OAUTHBEARER). kafkajs's own way does not look at the answer: a broker that refuses a token says so in an answer that is
 * no error, and wants a last word before it fails the exchange; kafkajs would take the refusal for a sign-in.
 * @see https://www.rfc-editor.org/rfc/rfc7628#section-3.2.3
 */
export function oauthBearer(session: TokenSession): Cluster.Sasl {
  return {
    mechanism: "oauthbearer",
    authenticationProvider: ({ saslAuthenticate }) => ({
      authenticate: async () => {
        const token = await session.token();
        try {
          const said = await saslAuthenticate(exchange(`n,,${separator}auth=Bearer ${token}${separator}${separator}`));
          if (said !== "") {
            await saslAuthenticate(exchange(separator));
            throw refusal(`the broker says ${said}`);
          }
        } catch (error) {
          throw isRefusal(error) ? session.afterRefusal(error) : error;
        }
        session.accepted();
      },
    }),
  };
}

const separator = "\u0001";

/** One message and its answer, in kafkajs's words: both with their length before them. */
function exchange(message: string): Cluster.SaslExchange<string> {
  const text = Buffer.from(message);
  const length = Buffer.alloc(4);
  length.writeInt32BE(text.length);
  return {
    request: { encode: async () => Buffer.concat([length, text]) },
    response: { decode: async (bytes) => bytes.subarray(4).toString("utf8"), parse: async (decoded) => decoded },
  };
}

function refusal(message: string): Error {
  return Object.assign(new Error(message), { type: "SASL_AUTHENTICATION_FAILED" });
}
