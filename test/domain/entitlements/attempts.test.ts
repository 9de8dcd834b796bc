import { expect, it } from "vitest";
import { attemptsOf } from "../../../domain/entitlements/attempts.ts";
import { desiredState } from "../../../domain/entitlements/desired-state.ts";
import { parseEntitlements } from "../../../domain/entitlements/parse-entitlements.ts";

const file = `products:
  full: { symbols: "*", kinds: [quotes, trades] }
customers:
  acme: { account: "111122223333", products: [full], users: [alice] }
`;

it("every topic is tried that was not bought, Kafka's own too: whoever reads those sees everybody's positions and transactions", () => {
  const desired = desiredState(parseEntitlements(file, "market."), "market.");
  const [alice] = desired.users;
  if (alice === undefined) throw new Error("no user");
  const attempts = attemptsOf(alice, desired, { prefix: "market.", topics: ["market.raw", "other"], nonce: "x" });
  const read = attempts.filter(({ title }) => title === "read other topics").map(({ attempt }) => attempt);
  expect(read).toEqual(
    ["__consumer_offsets", "__share_group_state", "__transaction_state", "market.check-x", "market.raw", "other"].map(
      (topic) => ({ try: "readTopic", topic }),
    ),
  );
});
