import protocolErrors from "kafkajs/src/protocol/error.js";
import { PipelineError } from "../../domain/errors.ts";
import { type FaultContext, rootOf, toPipelineError } from "./errors.ts";

/** Kafka's errors that kafkajs does not know. */
const newerTypes: Readonly<Record<number, string>> = {
  90: "PRODUCER_FENCED",
  105: "TRANSACTIONAL_ID_NOT_FOUND",
  120: "TRANSACTION_ABORTABLE",
};

/** Another holds the transactional id now, or has had it; or the coordinator has given the transaction up after its timeout, which looks the same. */
const producerFenced = new Set(["PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH", "INVALID_PRODUCER_ID_MAPPING"]);
/** The group has moved on without this member. */
const memberFenced = new Set([
  "ILLEGAL_GENERATION",
  "UNKNOWN_MEMBER_ID",
  "FENCED_INSTANCE_ID",
  "REBALANCE_IN_PROGRESS",
]);
/** The transaction is lost, and nothing of it was or will be committed; the unit may be taken up anew. */
const transactionLost = new Set([
  "INVALID_TXN_STATE",
  "TRANSACTION_ABORTABLE",
  "OUT_OF_ORDER_SEQUENCE_NUMBER",
  "UNKNOWN_PRODUCER_ID",
]);

/** UNKNOWN_SERVER_ERROR, which a coordinator that is just being stopped answers: what it did is not known, and no reason to give up. */
const serverError = "UNKNOWN";

/** Kafka's error for a code, in kafkajs's shape. */
export function kafkaFault(code: number, topic?: string): Error & { readonly type: string } {
  const error = protocolErrors.createErrorFromCode(code);
  const type = newerTypes[code];
  return Object.assign(error, type === undefined ? {} : { type, message: type }, topic === undefined ? {} : { topic });
}

/** Kafka's own name of a fault; empty where it is none of Kafka's. */
export function faultType(error: unknown): string {
  return rootOf(error).type ?? "";
}

/** A fault in a transaction, for the outside. */
export function transactionFault(error: unknown, transactionalId: string, context: FaultContext): Error {
  const type = faultType(error);
  if (producerFenced.has(type)) {
    return new PipelineError(
      "kafkaFenced",
      `The transactional id ${transactionalId} has passed to another holder, or its transaction outlived its timeout (${type}).`,
      { remedy: "Nothing is to be done where another instance has taken the partitions over.", cause: error },
    );
  }
  if (memberFenced.has(type)) {
    return new PipelineError(
      "kafkaFenced",
      `The group has moved on without the member that commits by ${transactionalId} (${type}).`,
      { remedy: "Nothing is to be done where another instance has taken the partitions over.", cause: error },
    );
  }
  if (transactionLost.has(type)) {
    return new PipelineError("kafkaFailed", `The transaction of ${transactionalId} was lost (${type}).`, {
      remedy: "It is done again from the committed offset; see the broker's log if it happens often.",
      retriable: true,
      cause: error,
    });
  }
  if (type === serverError) {
    return new PipelineError("kafkaFailed", `Kafka could not do its part of the transaction of ${transactionalId}.`, {
      remedy: "It is done again from the committed offset; see the broker's log if it happens often.",
      retriable: true,
      cause: error,
    });
  }
  if (type === "TRANSACTIONAL_ID_AUTHORIZATION_FAILED") {
    return toPipelineError(error, { ...context, resource: `the transactional id ${transactionalId}` });
  }
  return toPipelineError(error, context);
}
