import { expect, it } from "vitest";
import { openFeed } from "../../consumer/index.ts";

it("a user of a customer's own is refused on a connection without TLS, before anything is sent", async () => {
  const sasl = { username: "alice", password: "hidden" };
  const opening = openFeed({ connection: { brokers: ["127.0.0.1:1"], tls: null, sasl } });
  await expect(opening).rejects.toMatchObject({ code: "badConfiguration", remedy: expect.stringContaining("TLS") });
  await expect(opening).rejects.not.toThrow("hidden");
});

it("a broker with neither TLS nor users is taken as it is", async () => {
  const feed = await openFeed({ connection: { brokers: ["127.0.0.1:1"], tls: null, sasl: null } });
  await feed.close();
});
