import { expect, it } from "vitest";
import { PipelineError } from "../../../domain/errors.ts";
import { faultKind, toPipelineError } from "../../../runtime/kafka/errors.ts";

const context = { brokers: ["broker:9092"], resource: "the topic market.raw" };

/** An error as kafkajs makes them, wrapped as its retries wrap them. */
function libraryError(fields: Record<string, unknown>): Error {
  const root = Object.assign(new Error("reason"), { name: "KafkaJSProtocolError" }, fields);
  return Object.assign(new Error("wrapped", { cause: root }), {
    name: "KafkaJSNumberOfRetriesExceeded",
    retriable: false,
  });
}

it.each([
  ["a refused connection", { name: "KafkaJSConnectionError", code: "ECONNREFUSED" }, "kafkaUnreachable", true],
  [
    "an untrusted certificate",
    { name: "KafkaJSConnectionError", code: "SELF_SIGNED_CERT_IN_CHAIN" },
    "kafkaUnreachable",
    false,
  ],
  [
    "a certificate of another host",
    { name: "KafkaJSConnectionError", code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    "kafkaUnreachable",
    false,
  ],
  ["a wrong password", { name: "KafkaJSSASLAuthenticationError" }, "kafkaAuthentication", false],
  ["a denied topic", { type: "TOPIC_AUTHORIZATION_FAILED" }, "kafkaAuthorization", false],
  ["a denied group", { type: "GROUP_AUTHORIZATION_FAILED" }, "kafkaAuthorization", false],
  ["a missing topic", { type: "UNKNOWN_TOPIC_OR_PARTITION", retriable: true }, "kafkaTopic", true],
  ["a record too large", { type: "MESSAGE_TOO_LARGE" }, "kafkaTopic", false],
  ["a broker's full disk", { type: "KAFKA_STORAGE_ERROR", retriable: true }, "diskFull", true],
  [
    "an offset that a transaction still moves",
    { type: "UNSTABLE_OFFSET_COMMIT", retriable: true },
    "kafkaFailed",
    true,
  ],
  ["anything else", { type: "INVALID_REQUEST" }, "kafkaFailed", false],
])("%s has its code, a remedy, and says whether trying again may help", (_what, fields, code, retriable) => {
  const error = toPipelineError(libraryError(fields), context);
  expect(error).toMatchObject({ code, retriable, remedy: expect.stringMatching(/\.$/) });
});

it("the message names the resource, and unreachable brokers", () => {
  expect(toPipelineError(libraryError({ type: "TOPIC_AUTHORIZATION_FAILED" }), context).message).toContain(
    "market.raw",
  );
  expect(toPipelineError(libraryError({ name: "KafkaJSConnectionError" }), context).message).toContain("broker:9092");
});

it("faults of the group ask for joining again", () => {
  for (const type of ["REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID"]) {
    expect(faultKind(libraryError({ type }))).toBe("rejoin");
  }
});

it("a PipelineError and a programmer's fault pass unchanged, and neither is retried", () => {
  const errors = [new PipelineError("kafkaFailed", "x", { retriable: true }), new TypeError("x is not a function")];
  for (const error of errors) {
    expect(toPipelineError(error, context)).toBe(error);
    expect(faultKind(error)).toBe("fatal");
  }
});
