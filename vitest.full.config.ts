import { defineConfig } from "vitest/config";

/** What takes long, or needs Python: `npm run test:full`. */
export default defineConfig({
  test: {
    include: ["test/full/**/*.test.ts"],
    globalSetup: "test/support/run-folder.ts",
    testTimeout: 900_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    expect: { poll: { timeout: 30_000 } },
    reporters: ["default"],
  },
});
