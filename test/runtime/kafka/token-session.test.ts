import { afterEach, expect, it, vi } from "vitest";
import { PipelineError } from "../../../domain/errors.ts";
import { faultKind } from "../../../runtime/kafka/errors.ts";
import { TokenSession } from "../../../runtime/kafka/token-session.ts";

const refusal = Object.assign(new Error("refused"), { type: "SASL_AUTHENTICATION_FAILED" });
const noCredentials = new PipelineError("kafkaAuthentication", "There are no AWS credentials.", { retriable: true });

afterEach(() => void vi.restoreAllMocks());

/** A clock that the test moves. */
function clock() {
  let nowMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  return (ms: number) => {
    nowMs += ms;
  };
}

it("a first refusal may be one of too many at a time: it is tried again for three seconds, then it is final", () => {
  const pass = clock();
  const session = new TokenSession(async () => "token");
  expect(faultKind(session.afterRefusal(refusal))).toBe("connection");
  pass(2900);
  expect(faultKind(session.afterRefusal(refusal))).toBe("connection");
  pass(200);
  expect(session.afterRefusal(refusal)).toBe(refusal);
});

it("who was let in before is refused for two minutes before it is final, and being let in begins anew", () => {
  const pass = clock();
  const session = new TokenSession(async () => "token");
  session.accepted();
  for (const ms of [0, 119_000]) {
    pass(ms);
    expect(faultKind(session.afterRefusal(refusal))).toBe("connection");
  }
  session.accepted();
  pass(119_000);
  expect(faultKind(session.afterRefusal(refusal))).toBe("connection");
  pass(121_000);
  expect(session.afterRefusal(refusal)).toBe(refusal);
});

it("credentials that are missing at the start are final, and are waited for once they had been there", async () => {
  clock();
  let fault: Error | null = noCredentials;
  const session = new TokenSession(async () => {
    if (fault !== null) throw fault;
    return "token";
  });
  await expect(session.token()).rejects.toBe(noCredentials);
  fault = null;
  expect(await session.token()).toBe("token");
  session.accepted();
  fault = noCredentials;
  const waiting: unknown = await session.token().catch((error: unknown) => error);
  expect(faultKind(waiting)).toBe("connection");
});
