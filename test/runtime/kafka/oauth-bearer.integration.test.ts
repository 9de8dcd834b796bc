import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type RunningKafka, startKafka } from "../../../local/kafka/start-kafka.ts";
import { createClusterAdmin } from "../../../runtime/kafka/cluster-admin.ts";
import type { KafkaConnection } from "../../../runtime/kafka/types.ts";
import { quietLog } from "../../support/broker.ts";

/*
 * A real broker with OAUTHBEARER. Its own check of tokens knows unsigned web tokens, not MSK's signed requests (those are looked at in
 * iam-tokens.test.ts): all of the exchange is as with MSK, and only the token's text is another.
 */

let server: RunningKafka;
const jaas = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";

beforeAll(async () => {
  server = await startKafka({
    environment: process.env,
    extraConfig: {
      "sasl.enabled.mechanisms": "SCRAM-SHA-512,OAUTHBEARER",
      "listener.name.sasl_ssl.oauthbearer.sasl.jaas.config": `${jaas} required unsecuredLoginStringClaim_sub="broker";`,
      "listener.name.sasl_ssl.oauthbearer.connections.max.reauth.ms": "900000",
    },
  });
});
afterAll(() => server.stop());

function webToken(subject: string, lifeSeconds: number): string {
  const nowSeconds = Date.now() / 1000;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ sub: subject, iat: nowSeconds, exp: nowSeconds + lifeSeconds })}.`;
}

function adminWith(tokens: () => Promise<string>, more: Partial<KafkaConnection> = {}) {
  const connection = { brokers: server.brokers, clientId: "test", tls: { ca: server.ca }, sasl: null, tokens, ...more };
  return createClusterAdmin(connection, quietLog);
}

it("signs in with a token, and acts as whom the token names", async () => {
  const admin = adminWith(async () => webToken("admin", 900));
  expect(await admin.scramUsers()).toContain("admin");
  admin.close();
  const other = adminWith(async () => webToken("nobody", 900));
  await expect(other.acls()).rejects.toMatchObject({ code: "kafkaAuthorization" });
  other.close();
});

it("who has no right to the cluster's users is told so at once, whatever is asked about them", async () => {
  const other = adminWith(async () => webToken("nobody", 900));
  const refused = { code: "kafkaAuthorization", retriable: false };
  await expect(other.scramUsers()).rejects.toMatchObject(refused);
  await expect(other.putScramUser("bob", "a-password")).rejects.toMatchObject(refused);
  await expect(other.removeScramUser("bob")).rejects.toMatchObject(refused);
  other.close();
});

it("signs in anew on the same connection, with a new token, before the old one is over", async () => {
  const tokens = vi.fn(async () => webToken("admin", 12));
  const admin = adminWith(tokens);
  await admin.scramUsers();
  // It signs in anew ten seconds before the end, when it is used.
  await vi.waitUntil(
    async () => {
      await admin.scramUsers();
      return tokens.mock.calls.length >= 4;
    },
    { timeout: 15_000, interval: 100 },
  );
  admin.close();
});

it("a token that the broker refuses is told as such, with the broker's words, and never shown", async () => {
  const tokens = vi.fn(async () => webToken("admin", -60));
  const admin = adminWith(tokens);
  const failing = admin.scramUsers();
  await expect(failing).rejects.toMatchObject({
    code: "kafkaAuthentication",
    message: expect.stringMatching(/refused the sign-in by IAM: .*invalid_token/),
    remedy: expect.stringMatching(/kafka-cluster:Connect/),
  });
  const token = await tokens.mock.results[0]?.value;
  await expect(failing).rejects.not.toThrow(token);
  expect(tokens.mock.calls.length).toBeGreaterThan(1);
  admin.close();
});

it("a listener that knows no tokens is told as such", async () => {
  const scramOnly = await startKafka({ environment: process.env });
  try {
    const admin = adminWith(async () => webToken("admin", 900), {
      brokers: scramOnly.brokers,
      tls: { ca: scramOnly.ca },
    });
    await expect(admin.scramUsers()).rejects.toMatchObject({
      code: "kafkaAuthentication",
      message: expect.stringMatching(/does not support the requested SASL mechanism/),
      remedy: expect.stringMatching(/9098/),
    });
    admin.close();
  } finally {
    await scramOnly.stop();
  }
});
