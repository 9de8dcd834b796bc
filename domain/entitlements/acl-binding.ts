/** One right as a cluster holds it, in Kafka's own words (`topic`, `literal`, `read`, `allow`, …). */
export interface AclBinding {
  /** `User:name`. */
  readonly principal: string;
  /** `*`: from anywhere. */
  readonly host: string;
  readonly resource: string;
  readonly name: string;
  readonly pattern: string;
  readonly operation: string;
  readonly permission: string;
}

/** Leave to do one thing, from anywhere. */
export function allowed(
  user: string,
  operation: "read" | "write",
  resource: "topic" | "group",
  name: string,
  pattern: "literal" | "prefixed" = "literal",
): AclBinding {
  return { principal: `User:${user}`, host: "*", resource, name, pattern, operation, permission: "allow" };
}

/** The same text for the same right. */
export function aclKey(acl: AclBinding): string {
  return [acl.principal, acl.host, acl.permission, acl.operation, acl.resource, acl.pattern, acl.name].join(" ");
}

/** The right as one line for people. */
export function aclText({ principal, host, resource, name, pattern, operation, permission }: AclBinding): string {
  const what = pattern === "prefixed" ? `${resource}s that begin with ${name}` : `${resource} ${name}`;
  return `${principal} ${permission} ${operation} ${what}${host === "*" ? "" : ` from ${host}`}`;
}

/** True for what takes a right away, and gives none. */
export function isDenial({ permission }: AclBinding): boolean {
  return permission === "deny";
}
