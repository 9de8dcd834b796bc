import { expect, it } from "vitest";
import type { ConnectionEnd } from "../../producer/connection-end.ts";
import { nextStep } from "../../producer/reconnect-policy.ts";

const timing = { firstDelayMs: 1000, delayMsMax: 30_000, slotDelayMs: 15_000 };
const after = (end: ConnectionEnd, failures = 1, random = 0.5) => nextStep(end, failures, random, timing, 31);
const refused = (code: number): ConnectionEnd => ({ kind: "refused", code, message: "said so" });

it("delays double from the first to the longest, 20 percent more or less", () => {
  const end: ConnectionEnd = { kind: "disconnected", detail: "ECONNREFUSED" };
  const delays = [0, 1, 2, 3, 6, 100].map((failures) => after(end, failures));
  expect(delays.map((step) => (step.kind === "retry" ? step.delayMs : null))).toEqual([
    1000, 1000, 2000, 4000, 30_000, 30_000,
  ]);
  expect(after(end, 1, 0)).toMatchObject({ delayMs: 800 });
  expect(after(end, 1, 1)).toMatchObject({ delayMs: 1200 });
});

it("a wrong key, a symbol limit, a missing plan and a malformed symbol end the producer with what to do", () => {
  const codes = [402, 405, 409, 410, 400].map((code) => after(refused(code)));
  expect(codes.map((step) => (step.kind === "fail" ? step.error.code : step.kind))).toEqual([
    "alpacaAuthentication",
    "alpacaSymbolLimit",
    "alpacaAuthentication",
    "alpacaProtocol",
    "alpacaProtocol",
  ]);
  for (const step of codes) expect(step.kind === "fail" && step.error.remedy).toBeTruthy();
  expect(after({ kind: "handshake", status: 401 }).kind).toBe("fail");
});

it("the symbol limit's line says how many were asked for and what the Basic plan takes", () => {
  const step = after(refused(405));
  expect(step.kind === "fail" && step.error.line).toMatch(/31 symbols.*30/);
});

it("a slot held by another connection is waited for, and said", () => {
  expect(after(refused(406), 9)).toMatchObject({
    kind: "retry",
    delayMs: 15_000,
    message: expect.stringMatching(/slot.*90/),
  });
});

it("everything that may pass is tried again", () => {
  const ends: ConnectionEnd[] = [
    refused(404),
    refused(407),
    refused(500),
    { kind: "handshake", status: 502 },
    { kind: "unresponsive" },
    { kind: "silent" },
    { kind: "handshakeTimeout" },
  ];
  for (const end of ends) expect(after(end).kind).toBe("retry");
});

it("the end of a recording and our own stop are followed by nothing", () => {
  expect(after({ kind: "endOfRecording" }).kind).toBe("finish");
  expect(after({ kind: "stopped" }).kind).toBe("finish");
});
