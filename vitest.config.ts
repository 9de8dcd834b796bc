import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/full/**", "node_modules/**"],
    globalSetup: "test/support/run-folder.ts",
    testTimeout: 60_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    // What is waited for may take long on a busy machine: a condition that does not come is found by the test's own timeout.
    expect: { poll: { timeout: 30_000 } },
    reporters: ["default"],
  },
});
