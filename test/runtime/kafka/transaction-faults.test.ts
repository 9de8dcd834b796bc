import { expect, it } from "vitest";
import { kafkaFault, transactionFault } from "../../../runtime/kafka/transaction-faults.ts";

const context = { brokers: ["broker:9092"], resource: "the topic market.enriched" };
const unknownServerError = -1;
const transactionalIdDenied = 53;

it("D1: an error of the server's own, as a coordinator gives that is being stopped, is no reason to give the unit up", () => {
  const fault = transactionFault(kafkaFault(unknownServerError), "market.enricher-unit-1", context);
  expect(fault).toMatchObject({ code: "kafkaFailed", retriable: true, message: expect.stringContaining("unit-1") });
});

it("a denied transactional id is named, whichever topic the request was about", () => {
  const fault = transactionFault(kafkaFault(transactionalIdDenied, "market.raw"), "market.enricher-unit-1", context);
  const message = expect.stringContaining("the transactional id market.enricher-unit-1");
  expect(fault).toMatchObject({ code: "kafkaAuthorization", message, remedy: expect.stringContaining("Write") });
});
