import { expect, it } from "vitest";
import { serverProperties } from "../../../local/kafka/server-properties.ts";

const tls = { caFile: "ca.pem", serverFile: "server.pem" } as Parameters<typeof serverProperties>[0]["tls"];
const made = (extra: Readonly<Record<string, string>> = {}) =>
  serverProperties({ folder: "/data", port: 1, controllerPort: 2, passwords: {}, tls, extra });

it("customers' connections are asked again who they are within five minutes, and the controller's are not", () => {
  const lines = made()
    .split("\n")
    .filter((line) => line.includes("reauth"));
  expect(lines).toEqual(["listener.name.sasl_ssl.scram-sha-512.connections.max.reauth.ms=300000"]);
});
