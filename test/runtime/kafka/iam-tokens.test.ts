import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { iamTokens } from "../../../runtime/kafka/iam-tokens.ts";

const folder = mkdtempSync(join(tmpdir(), "bellwether-iam-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Nothing of this machine's own: no files, no metadata service. */
beforeEach(() => {
  for (const name of Object.keys(process.env).filter((each) => each.startsWith("AWS_"))) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(folder, "credentials"));
});
afterEach(() => void vi.unstubAllEnvs());

const signIn = () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "hidden-secret");
  vi.stubEnv("AWS_SESSION_TOKEN", "session");
};

it("a token is a request to connect that is signed for the Region and is good for 15 minutes", async () => {
  signIn();
  const token = await iamTokens("eu-central-1")();
  expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
  const url = new URL(Buffer.from(token, "base64url").toString("utf8"));
  expect(url.host).toBe("kafka.eu-central-1.amazonaws.com");
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: "kafka-cluster:Connect",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": expect.stringMatching(/^AKIDEXAMPLE\/\d{8}\/eu-central-1\/kafka-cluster\/aws4_request$/),
    "X-Amz-Expires": "900",
    "X-Amz-Security-Token": "session",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(url.href).not.toContain("hidden-secret");
});

it("credentials that have changed make the next token", async () => {
  signIn();
  const tokens = iamTokens("us-east-1");
  await tokens();
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDOTHER");
  expect(Buffer.from(await tokens(), "base64url").toString("utf8")).toContain("AKIDOTHER");
});

it("no credentials are told as such, with what to do", async () => {
  await expect(iamTokens("us-east-1")()).rejects.toMatchObject({
    code: "kafkaAuthentication",
    message: expect.stringMatching(/^There are no AWS credentials to sign in to Kafka with/),
    remedy: expect.stringMatching(/role/),
  });
});
