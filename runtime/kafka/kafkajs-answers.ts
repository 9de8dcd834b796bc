import type { Socket } from "node:net";
import Connection from "kafkajs/src/network/connection.js";
import { AnswerFrames } from "./answer-frames.ts";

// How kafkajs gathers what a broker answers, replaced by ours. This file is imported for its effect alone.

const correlationBytes = 4;
const framesOf = new WeakMap<Socket, AnswerFrames>();

const { processData } = Connection.prototype;
Connection.prototype.processData = function (this: Connection, chunk: Buffer) {
  const { socket, authHandlers } = this;
  this.heardMs = Date.now();
  // Signing in is a matter of a few small answers, which kafkajs takes by itself.
  if (authHandlers || socket === undefined) return processData.call(this, chunk);
  const frames = framesOf.get(socket) ?? new AnswerFrames();
  framesOf.set(socket, frames);
  try {
    frames.take(chunk, (answer) =>
      this.requestQueue.fulfillRequest({
        size: answer.length,
        correlationId: answer.readInt32BE(0),
        payload: answer.subarray(correlationBytes),
      }),
    );
  } catch (error) {
    socket.destroy(error as Error);
  }
};
