import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort, isFree } from "../../../local/process/ports.ts";

test("a free port is one that a server may take", async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  expect(await isFree(port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await isFree(port)).toBe(true);
});

test("none is given that an outgoing connection may get before the server does", async () => {
  const given: number[] = [];
  for (let times = 0; times < 200; times++) given.push(await freePort(given));
  expect(new Set(given).size).toBe(given.length);
  // The lowest that any system gives them, Linux's (`net.ipv4.ip_local_port_range`).
  expect(Math.max(...given)).toBeLessThan(32_768);
});
