import { afterAll, beforeAll, vi } from "vitest";

/** Gives this process credentials of nobody for the AWS SDK, and no files and no metadata service of this machine. Call it at a file's top. */
export function withoutAws(): void {
  beforeAll(() => {
    for (const name of Object.keys(process.env).filter((each) => each.startsWith("AWS_"))) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "nobody");
    vi.stubEnv("AWS_REGION", "us-east-1");
  });
  afterAll(() => void vi.unstubAllEnvs());
}
