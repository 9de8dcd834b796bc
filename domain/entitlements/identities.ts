import { type AclBinding, allowed } from "./acl-binding.ts";

/**
 * One of the two Kafka users (SCRAM credentials) that take turns for a customer's user, so that its password can be changed without an
 * outage: while one is handed over to, the other stays good.
 */
export interface Identity {
  /** The Kafka user: `alice`, or `alice-2`. */
  readonly username: string;
  /** Where its password is kept. MSK takes only secrets whose names begin with `AmazonMSK_`. */
  readonly secret: string;
}

/** Both identities of a user. No user's name holds a hyphen, so that no second identity can be another user. */
export function identitiesOf(user: string, prefix: string): readonly [Identity, Identity] {
  const identity = (username: string): Identity => ({ username, secret: `AmazonMSK_${prefix}${username}` });
  return [identity(user), identity(`${user}${secondSuffix}`)];
}

/** The secret that the customer's programs read: always under one name, whichever identity it holds. It names its owner. */
export function clientSecretOf(customer: string, user: string, prefix: string): string {
  return `${prefix}customer.${customer}.${user}`;
}

/** What a user's groups begin with. The hyphen keeps `alice` and `alice2` apart, and both identities of a user share their groups. */
export function groupPrefixOf(user: string): string {
  return `${user}-`;
}

/** Just what a user needs to read topics: those, and groups of its own. Read brings Describe with it. */
export function readerRights(identity: Identity, user: string, topics: readonly string[]): readonly AclBinding[] {
  return [
    ...topics.map((topic) => allowed(identity.username, "read", "topic", topic)),
    allowed(identity.username, "read", "group", groupPrefixOf(user), "prefixed"),
  ];
}

const secondSuffix = "-2";

/** The customer's user that a Kafka user is an identity of, by name alone. Null for a name that no identity has. */
export function userOfIdentity(username: string): string | null {
  return /^([a-z][a-z0-9_]{0,31})(?:-2)?$/.exec(username)?.[1] ?? null;
}

/** Whose a secret is. The customer is null where it is an identity's. Null for a secret of another kind. */
export function ownerOfSecret(
  secret: string,
  prefix: string,
): { readonly customer: string | null; readonly user: string } | null {
  const client = secret.startsWith(`${prefix}customer.`) ? secret.slice(`${prefix}customer.`.length) : "";
  const [customer, clientUser] = /^([a-z][a-z0-9-]{0,47})\.([a-z][a-z0-9_]{0,31})$/.exec(client)?.slice(1) ?? [];
  if (customer !== undefined && clientUser !== undefined) return { customer, user: clientUser };
  const identity = `AmazonMSK_${prefix}`;
  const user = secret.startsWith(identity) ? userOfIdentity(secret.slice(identity.length)) : null;
  return user === null ? null : { customer: null, user };
}
