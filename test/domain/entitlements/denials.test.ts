import { expect, it } from "vitest";
import { DenialCounter, denialText, parseDenial } from "../../../domain/entitlements/denials.ts";

const local =
  "2026-11-21T16:28:31.049Z INFO Principal = User:acme is Denied operation = READ from host = 127.0.0.1 on resource = Topic:LITERAL:market.raw for request = Fetch with resourceRefCount = 1 based on rule DefaultDeny";
/** As a broker's own layout, and MSK's, writes it. */
const broker =
  "[2026-11-21 16:28:31,049] INFO Principal = User:acme is Denied operation = DESCRIBE from host = 10.0.0.1 on resource = Group:LITERAL:beta-desk for request = FindCoordinator with resourceRefCount = 1 based on rule DefaultDeny (kafka.authorizer.logger)";
const stranger =
  "2026-11-21T16:29:16.275Z INFO [SocketServer listenerType=BROKER, nodeId=1] Failed authentication with /127.0.0.1 (channelId=127.0.0.1:37167-127.0.0.1:34402-0-9) (Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512)";

it("a denial tells who, what, on which thing, from where and when", () => {
  expect(parseDenial(local)).toEqual({
    time: "2026-11-21T16:28:31.049Z",
    user: "acme",
    operation: "READ",
    resource: "Topic",
    name: "market.raw",
    host: "127.0.0.1",
  });
  expect(parseDenial(broker)).toMatchObject({
    time: "2026-11-21 16:28:31,049",
    resource: "Group",
    name: "beta-desk",
    host: "10.0.0.1",
  });
});

it("who could not sign in is a denial too, and what was allowed is none", () => {
  expect(parseDenial(stranger)).toMatchObject({ user: "(unknown)", operation: "SIGN_IN", host: "127.0.0.1" });
  expect(parseDenial(local.replace("Denied", "Allowed"))).toBeNull();
  expect(parseDenial("")).toBeNull();
});

it("denials are counted by user, operation and resource, with the first and the last time", () => {
  const counter = new DenialCounter();
  for (const line of [local, broker, local.replace("16:28:31.049", "16:28:40.000").replace("127.0.0.1", "10.0.0.2")]) {
    const denial = parseDenial(line);
    if (denial !== null) counter.add(denial);
  }
  expect(denialText(counter.counts()).split("\n").slice(0, 2)).toEqual([
    "user  operation  resource          count  first                     last                      from",
    "acme  READ       Topic market.raw  2      2026-11-21T16:28:31.049Z  2026-11-21T16:28:40.000Z  127.0.0.1 10.0.0.2",
  ]);
  expect(denialText([])).toBe("Nothing was denied.\n");
});
