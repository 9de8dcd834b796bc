import { enableCompileCache } from "node:module";
import { parentPort } from "node:worker_threads";

// Each thread loads the code for itself: what is stripped of its types already costs a tenth of the time, and no compiler in memory.
enableCompileCache();
const { runThread } = await import("./run-thread.ts");
if (parentPort !== null) await runThread(parentPort);
