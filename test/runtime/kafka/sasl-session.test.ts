import { expect, it } from "vitest";
import { PipelineError } from "../../../domain/errors.ts";
import { parseConfig } from "../../../runtime/config/parse.ts";
import { kafkaVariables } from "../../../runtime/config/variables.ts";
import { kafkaConnection } from "../../../runtime/kafka/connection.ts";
import { faultKind } from "../../../runtime/kafka/errors.ts";
import { SaslSession } from "../../../runtime/kafka/sasl-session.ts";

const first = { username: "acme", password: "one" };
const second = { username: "acme-2", password: "two" };
const refusal = Object.assign(new Error("refused"), { type: "SASL_AUTHENTICATION_FAILED" });

it("without a way to read them again, refused credentials are final", async () => {
  expect(await new SaslSession(first).afterRefusal(first, refusal)).toBe(refusal);
});

it("credentials that were read again are used by the next connection", async () => {
  const session = new SaslSession(first, async () => second);
  expect(faultKind(await session.afterRefusal(first, refusal))).toBe("connection");
  expect(session.credentials).toEqual(second);
});

it("the same credentials again are final at the start, and are waited over once they had been good", async () => {
  const session = new SaslSession(first, async () => first);
  expect(await session.afterRefusal(first, refusal)).toBe(refusal);
  session.accepted();
  expect(faultKind(await session.afterRefusal(first, refusal))).toBe("connection");
});

it("a secret that cannot be read for a moment is waited for too, and never shown", async () => {
  const unreadable = new PipelineError("secretUnavailable", "Throttled.", { retriable: true });
  const session = new SaslSession(first, () => Promise.reject(unreadable));
  expect(await session.afterRefusal(first, refusal)).toBe(unreadable);
  session.accepted();
  const fault = (await session.afterRefusal(first, refusal)) as Error;
  expect(faultKind(fault)).toBe("connection");
  expect(fault.message).not.toContain(first.password);
});

it("many connections that were refused read a secret once, and those that come later are given what was read", async () => {
  let reads = 0;
  const read = async () => (reads++ === 0 ? first : second);
  const config = parseConfig(kafkaVariables, { KAFKA_BROKERS: "a:1", KAFKA_SECRET_ID: "secret" });
  const { renewSasl } = await kafkaConnection(config, "test", read);
  expect(await Promise.all([renewSasl?.(first), renewSasl?.(first)])).toEqual([second, second]);
  expect(await renewSasl?.(first)).toEqual(second);
  // Asked again at once, it is not read again.
  expect(await renewSasl?.(second)).toEqual(second);
  expect(reads).toBe(2);
});
