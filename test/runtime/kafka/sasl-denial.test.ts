import { expect, it } from "vitest";
import { faultKind } from "../../../runtime/kafka/errors.ts";
import { SaslSession } from "../../../runtime/kafka/sasl-session.ts";

const first = { username: "acme", password: "one" };
const second = { username: "acme-2", password: "two" };
const denial = Object.assign(new Error("denied"), { type: "TOPIC_AUTHORIZATION_FAILED" });

it("a right that is refused to the user that the secret still holds was taken", async () => {
  expect(await new SaslSession(first).afterDenial("acme", denial)).toBe(denial);
  expect(await new SaslSession(first, async () => first).afterDenial("acme", denial)).toBe(denial);
  const other = { ...first, password: "another" };
  expect(await new SaslSession(first, async () => other).afterDenial("acme", denial)).toBe(denial);
});

it("where the secret holds the user's other identity, that one is signed in with", async () => {
  const session = new SaslSession(first, async () => second);
  expect(faultKind(await session.afterDenial("acme", denial))).toBe("connection");
  expect(session.credentials).toEqual(second);
});

it("several requests of one connection that are refused, at once or one after the other, all connect again", async () => {
  const session = new SaslSession(first, async () => second);
  const together = await Promise.all([session.afterDenial("acme", denial), session.afterDenial("acme", denial)]);
  const late = await session.afterDenial("acme", denial);
  expect([...together, late].map(faultKind)).toEqual(["connection", "connection", "connection"]);
  expect(await session.afterDenial("acme-2", denial)).toBe(denial);
});

it("a secret that is gone or cannot be read leaves the refusal as it is", async () => {
  const session = new SaslSession(first, () => Promise.reject(new Error("no such secret")));
  expect(await session.afterDenial("acme", denial)).toBe(denial);
});
