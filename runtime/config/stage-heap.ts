import type { Environment } from "./environment.ts";

/**
 * Limit of a stage's heap, and of each of its threads', MiB. No stage comes near it (the enricher's state of 400,000 symbols would); but where a heap's limit is
 * a gigabyte, V8 lets old garbage grow by half between two collections, and not fourfold: a sixth of a stage's memory.
 */
export const stageHeapMb = 1024;

/** The same for `NODE_OPTIONS`. `bellwether.mjs`, which starts before there is anything that reads types, has it as text. */
export const stageNodeOptions = `--max-old-space-size=${stageHeapMb}`;

/** An environment for a stage's process. An option of one's own comes later, and wins. */
export function stageEnvironment(own: Environment): Environment {
  const options = [stageNodeOptions, own["NODE_OPTIONS"]].filter(Boolean).join(" ");
  return { ...own, NODE_OPTIONS: options };
}
