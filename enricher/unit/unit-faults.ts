import { PipelineError } from "../../domain/errors.ts";
import type { UnitFault } from "./unit-protocol.ts";

/** What a fault of Kafka's means for a unit (D1). What is neither fenced nor retriable is no weather: repeating it would hide it. */
export function unitFaultOf(error: unknown): UnitFault {
  if (!(error instanceof PipelineError)) return "fatal";
  if (error.code === "kafkaFenced") return "fenced";
  return error.retriable ? "unknown" : "fatal";
}
