import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { meaningfulLines, serverFailure } from "../../../local/process/server-failure.ts";

const folder = mkdtempSync(join(tmpdir(), "bellwether-failure-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("of a log with errors the errors and their causes are shown, without stack frames", () => {
  const log = [
    "2026-01-01 INFO  Broker starting",
    "2026-01-01 ERROR Broker Fatal error during startup",
    "java.lang.RuntimeException: wrapped",
    "\tat kafka.Kafka.main(Kafka.scala:12)",
    "Caused by: java.net.BindException: Address already in use",
    "\t... 12 more",
    "2026-01-01 INFO  Broker shutting down",
    "",
  ].join("\n");
  expect(meaningfulLines(log)).toEqual([
    "2026-01-01 ERROR Broker Fatal error during startup",
    "java.lang.RuntimeException: wrapped",
    "Caused by: java.net.BindException: Address already in use",
  ]);
});

it("of a log without errors the last lines are shown", () => {
  expect(meaningfulLines("one\ntwo\n\n")).toEqual(["one", "two"]);
});

it("a server that ran out of disk space gives diskFull, any other serverFailed, both naming the log", () => {
  const logFile = join(folder, "server.log");
  const end = { code: 1, signal: null, asked: false };
  writeFileSync(logFile, "ERROR LogDirFailure\nCaused by: java.io.IOException: No space left on device\n");
  expect(serverFailure("Kafka", "ended", logFile, end)).toMatchObject({ code: "diskFull" });
  writeFileSync(logFile, "ERROR Broker no such setting\n");
  const failure = serverFailure("Kafka", "ended while starting", logFile, end);
  expect(failure.code).toBe("serverFailed");
  expect(failure.message).toBe(
    `Kafka ended while starting (exit code 1). Its log ends with: ERROR Broker no such setting (${logFile}).`,
  );
});
