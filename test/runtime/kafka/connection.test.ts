import { expect, it } from "vitest";
import { parseConfig } from "../../../runtime/config/parse.ts";
import { kafkaVariables } from "../../../runtime/config/variables.ts";
import { kafkaConnection } from "../../../runtime/kafka/connection.ts";

const configOf = (variables: Record<string, string>) =>
  parseConfig(kafkaVariables, { KAFKA_BROKERS: "a:1,b:2", ...variables });
const credentials = { KAFKA_SASL_USERNAME: "user", KAFKA_SASL_PASSWORD: "hidden" };

it("without credentials or an authority the connection is plain", async () => {
  const connection = await kafkaConnection(configOf({}), "test");
  expect(connection).toMatchObject({ brokers: ["a:1", "b:2"], clientId: "test", tls: null, sasl: null });
});

it("with credentials TLS is on", async () => {
  const sasl = { username: "user", password: "hidden" };
  expect(await kafkaConnection(configOf(credentials), "test")).toMatchObject({ tls: { ca: undefined }, sasl });
});

it("a secret's credentials are read by its id", async () => {
  const read = async (id: string) => ({ username: id, password: "hidden" });
  const connection = await kafkaConnection(configOf({ KAFKA_SECRET_ID: "my-secret" }), "test", read);
  expect(connection.sasl).toEqual({ username: "my-secret", password: "hidden" });
});

it.each([
  ["credentials by half", { KAFKA_SASL_USERNAME: "user" }],
  ["credentials given twice", { ...credentials, KAFKA_SECRET_ID: "my-secret" }],
  ["credentials without TLS", { ...credentials, KAFKA_TLS: "off" }],
  ["a secret without TLS", { KAFKA_SECRET_ID: "my-secret", KAFKA_TLS: "off" }],
  ["IAM without a Region", { KAFKA_AUTH: "iam" }],
  ["IAM without TLS", { KAFKA_AUTH: "iam", AWS_REGION: "us-east-1", KAFKA_TLS: "off" }],
  ["IAM and a user too", { KAFKA_AUTH: "iam", AWS_REGION: "us-east-1", ...credentials }],
  ["an authority that cannot be read", { KAFKA_TLS_CA: "/nowhere/ca.pem" }],
])("%s are a badConfiguration that shows no password", async (_what, variables) => {
  const failing = kafkaConnection(configOf(variables), "test", async () => ({ username: "user", password: "hidden" }));
  await expect(failing).rejects.toMatchObject({ code: "badConfiguration", remedy: expect.any(String) });
  await expect(failing).rejects.not.toThrow("hidden");
});
