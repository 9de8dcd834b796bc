/**
 * Limit of a stage's heap, MiB. No stage comes near it (the enricher's state of 400,000 symbols would); but below 2 GB V8 lets old garbage grow by half
 * between two collections, and not fourfold, which is a sixth of a stage's memory.
 */
export const stageHeapMb = 1024;

/** The same for `NODE_OPTIONS`. `bellwether.mjs`, which starts before there is anything that reads types, has it as text. */
export const stageNodeOptions = `--max-old-space-size=${stageHeapMb}`;
