import type { Distribution } from "../install/distribution.ts";
import { readManifest } from "../install/manifest.ts";

/** Kafka's broker and tools: 53 jars. */
export const kafkaDistribution: Distribution = {
  name: "Kafka 4.3.1",
  folder: "kafka-4.3.1",
  pom: new URL("./pom.xml", import.meta.url),
  manifest: readManifest(new URL("./kafka-4.3.1.sha256", import.meta.url)),
  bytesExpected: 111_800_000,
};
