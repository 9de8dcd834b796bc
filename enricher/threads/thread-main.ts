import { parentPort } from "node:worker_threads";
import { runThread } from "./run-thread.ts";

if (parentPort !== null) await runThread(parentPort);
