import type Cluster from "kafkajs/src/cluster/index.js";
import { expect, it } from "vitest";
import { parseConfig } from "../../../runtime/config/parse.ts";
import { kafkaVariables } from "../../../runtime/config/variables.ts";
import { kafkaConnection } from "../../../runtime/kafka/connection.ts";
import { oauthBearer } from "../../../runtime/kafka/oauth-bearer.ts";
import { TokenSession } from "../../../runtime/kafka/token-session.ts";

/** Signs in to a broker that gives these answers; resolves to what it was sent, without the lengths. */
async function signIn(token: string, answers: readonly string[]) {
  const sent: string[] = [];
  const saslAuthenticate: Cluster.SaslContext["saslAuthenticate"] = async ({ request, response }) => {
    const bytes = await request.encode();
    expect(bytes.readInt32BE(0)).toBe(bytes.length - 4);
    sent.push(bytes.subarray(4).toString("utf8"));
    const answer = Buffer.from(answers[sent.length - 1] ?? "");
    const length = Buffer.alloc(4);
    length.writeInt32BE(answer.length);
    return response.parse(await response.decode(Buffer.concat([length, answer])));
  };
  const session = new TokenSession(async () => token);
  const error: unknown = await oauthBearer(session)
    .authenticationProvider({ saslAuthenticate })
    .authenticate()
    .then(() => null)
    .catch((fault: unknown) => fault);
  return { sent, error };
}

it("the token goes over in the one message that the RFC asks for", async () => {
  expect(await signIn("a-token", [""])).toEqual({ sent: ["n,,\u0001auth=Bearer a-token\u0001\u0001"], error: null });
});

it("an answer that is not empty is a refusal, and is given the last word that the broker waits for", async () => {
  const { sent, error } = await signIn("a-token", ['{"status":"invalid_token"}']);
  expect(sent[1]).toBe("\u0001");
  expect(error).toMatchObject({ name: "KafkaJSConnectionError", code: "CREDENTIALS_REFUSED" });
});

it("KAFKA_AUTH=iam is a connection with TLS, tokens and no user", async () => {
  const variables = { KAFKA_BROKERS: "a:9098", KAFKA_AUTH: "iam", AWS_REGION: "us-east-1" };
  const connection = await kafkaConnection(parseConfig(kafkaVariables, variables), "test");
  expect(connection).toMatchObject({ tls: { ca: undefined }, sasl: null, tokens: expect.any(Function) });
});
