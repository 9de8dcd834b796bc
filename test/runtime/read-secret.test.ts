import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { readSecret } from "../../runtime/secrets/read-secret.ts";

const schema = z.object({ username: z.string(), password: z.string() });
const secrets: Record<string, string> = {
  good: '{"username":"u","password":"hush"}',
  partial: '{"username":"hush"}',
  text: "hush",
};

/** Speaks as much of Secrets Manager's JSON protocol as one call needs. */
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    const { SecretId } = JSON.parse(body) as { SecretId: string };
    const found = secrets[SecretId];
    response.writeHead(found === undefined ? 400 : 200, { "Content-Type": "application/x-amz-json-1.1" });
    response.end(
      JSON.stringify(
        found === undefined
          ? { __type: "ResourceNotFoundException", message: "no such secret" }
          : { SecretString: found },
      ),
    );
  });
});

let endpoint = "";
beforeAll(async () => {
  process.env["AWS_ACCESS_KEY_ID"] = "test";
  process.env["AWS_SECRET_ACCESS_KEY"] = "test";
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const read = (id: string) => readSecret(id, schema, { region: "us-east-1", endpoint });

it("a secret is a JSON object of Secrets Manager, at the endpoint given", async () => {
  expect(await read("good")).toEqual({ username: "u", password: "hush" });
});

it("a secret of another shape is told by its fields' names, never by its values", async () => {
  await expect(read("partial")).rejects.toMatchObject({ code: "secretUnavailable", message: /password/ });
  for (const id of ["partial", "text"])
    await expect(read(id)).rejects.toMatchObject({ message: expect.not.stringMatching(/hush/) });
});

it("a secret that does not exist is told with what to check", async () => {
  await expect(read("missing")).rejects.toMatchObject({ code: "secretUnavailable", message: /ResourceNotFound/ });
});
