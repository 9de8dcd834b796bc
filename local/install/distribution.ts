import type { Manifest } from "./manifest.ts";

/** A server's files as Maven Central has them: what to fetch and what must come of it. */
export interface Distribution {
  /** "Kafka 4.3.1", for people. */
  readonly name: string;
  /** "kafka-4.3.1", the folder's name in the cache. */
  readonly folder: string;
  /** The Maven project that puts the files into `${outputFolder}`. */
  readonly pom: URL;
  readonly manifest: Manifest;
  /** Bytes on disk at the end of an installation, Maven's own files included: what progress is measured against. */
  readonly bytesExpected: number;
}
