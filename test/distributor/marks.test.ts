import { expect, it } from "vitest";
import { marksInForce, requireMarks } from "../../distributor/marks.ts";
import { marksOf } from "../../domain/entitlements/desired-state.ts";
import { parseEntitlements } from "../../domain/entitlements/parse-entitlements.ts";
import { PipelineError } from "../../domain/errors.ts";
import { quietLog } from "../support/broker.ts";

const productsOf = (symbols: string) =>
  parseEntitlements(`products:\n  cut: { symbols: ${symbols}, kinds: [quotes] }\ncustomers: {}\n`, "market.").products;
const wide = productsOf("[AAPL, MSFT]");
const narrow = productsOf("[AAPL]");
const marks = (products: typeof wide) => products.flatMap((product) => marksOf(product, "market."));

it("the stage writes what is in force, whatever the order of the lists, and where nothing is marked yet", () => {
  requireMarks(wide, "market.", marks(productsOf("[MSFT, AAPL]")));
  requireMarks(wide, "market.", []);
});

it("the stage refuses to write more, or less, than what is in force", () => {
  const says = "market.product.cut holds symbols=AAPL, kinds=quotes";
  expect(() => requireMarks(wide, "market.", marks(narrow))).toThrow(says);
  expect(() => requireMarks(narrow, "market.", marks(wide))).toThrow("not in force");
  expect(() => requireMarks(wide, "market.", [...marks(wide), ...marks(narrow)])).toThrow(says);
});

it("who may not see the marks goes on: nothing was ever marked there", async () => {
  const acls = () => Promise.reject(new PipelineError("kafkaAuthorization", "no", {}));
  expect(await marksInForce({ acls }, quietLog)).toEqual([]);
  const away = () => Promise.reject(new PipelineError("kafkaUnreachable", "away", {}));
  await expect(marksInForce({ acls: away }, quietLog)).rejects.toMatchObject({ code: "kafkaUnreachable" });
});
