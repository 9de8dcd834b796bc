import { z } from "zod";
import { defaultTopicTemplate } from "./entitlements.ts";
import { productKinds } from "./record-types.ts";

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const delayMsMax = 24 * unitMs.h;

const delay = z
  .string('must be a length of time like "15m"')
  .regex(/^\d{1,9}(ms|s|m|h)$/, 'must be a length of time like 500ms, 30s, "15m" or 1h')
  .transform((text) => Number.parseInt(text, 10) * unitMs[text.replace(/^\d+/, "") as keyof typeof unitMs])
  .refine((ms) => ms <= delayMsMax, "must be 24h at most: the pipeline's topics do not keep everything for ever");

const symbol = z
  .string("must be text; put quotes around a symbol that YAML takes for something else, like ON")
  .regex(/^[A-Z][A-Z0-9./]*$/, "must be a symbol: upper-case letters, digits, dot");

/** A list in which nothing stands twice. */
function listOf<Item extends z.ZodType<string>>(item: Item) {
  return z
    .array(item, "must be a list")
    .min(1, "must hold one at least")
    .superRefine((items, context) => {
      for (const [index, each] of items.entries()) {
        if (items.indexOf(each) < index) context.addIssue({ code: "custom", path: [index], message: "stands twice" });
      }
    });
}

/** `"*"` or a list: told apart by hand, for a fault of a union does not say which item is wrong. */
function allOr<Item extends z.ZodType<string>>(item: Item) {
  const list = listOf(item);
  return z.unknown().transform((value, context): "*" | z.output<typeof list> => {
    if (value === "*") return "*";
    if (!Array.isArray(value)) {
      context.addIssue({ code: "custom", message: 'must be "*" or a list' });
      return z.NEVER;
    }
    const result = list.safeParse(value);
    if (result.success) return result.data;
    for (const { path, message } of result.error.issues) context.addIssue({ code: "custom", path, message });
    return z.NEVER;
  });
}

const name = (what: string) =>
  z.string().regex(/^[a-z][a-z0-9-]{0,47}$/, `the name of a ${what} is lower-case letters, digits and hyphens`);

const product = z.strictObject({
  symbols: allOr(symbol),
  kinds: listOf(z.enum(productKinds, `must be one of ${productKinds.join(", ")}`)),
  columns: allOr(z.string("must be text")).default("*"),
  delay: delay.default(0),
  shape: z.enum(["record", "bar"], "must be record or bar").default("record"),
  topic: z.string("must be text").default(defaultTopicTemplate),
});

// No hyphen: it ends the user's name in the names of its groups and of its second identity.
const user = z
  .string("must be text")
  .regex(/^[a-z][a-z0-9_]{0,31}$/, "must be a user name: lower-case letters, digits and underscores, no hyphen");

const customer = z.strictObject({
  account: z
    .string("must be text: put quotes around it, or leading zeros are lost")
    .regex(/^\d{12}$/, "must be an AWS account: 12 digits"),
  products: listOf(z.string("must be text")),
  users: listOf(user),
});

/** What stands in `entitlements.yaml`, each part by itself; what must hold between them is `relationFaults`. */
export const entitlementsDocument = z.strictObject({
  products: z.record(name("product"), product),
  customers: z.record(name("customer"), customer),
});
