import { aclKey, aclText, isDenial } from "./acl-binding.ts";
import type { DesiredState, DesiredUser } from "./desired-state.ts";
import { type Identity, identitiesOf, readerRights } from "./identities.ts";
import { customerUsers, type InForce, ownerInForce, rightsOf, withoutUser } from "./in-force.ts";
import { granting, missingFrom, removalSteps, revocation } from "./removal.ts";
import type { Plan, Step } from "./step.ts";
import { orphanedTopics, orphanSteps, requireFitting, topicSteps, unmarkedTopics } from "./topic-steps.ts";
import { isWithheld, withheldMarks } from "./withheld.ts";

export interface DifferenceOptions {
  readonly prefix: string;
  /** Deletes the topics of products that are no more, which are else only named, and of those that hold more than is sold by now. */
  readonly deleteTopics: boolean;
}

/**
 * What must be done so that the entitlements, and nothing else, are in force. Rights are taken away before any is given, and a user gets its
 * rights last, so that whatever fails in between leaves nobody with a right that the file does not give and that was not held before.
 * Only customers' users are touched (`customerUsers`), and the right of the `distribute` stage to write products' topics.
 * @throws PipelineError as `requireFitting`
 */
export function difference(desired: DesiredState, inForce: InForce, options: DifferenceOptions): Plan {
  requireFitting(desired, inForce, options.deleteTopics);
  const leaving = leavingUsers(desired, inForce, options.prefix);
  const staying = leaving.reduce(
    (state, user) => withoutUser(state, identitiesOf(user, options.prefix), user, options.prefix),
    inForce,
  );
  const orphans = orphanedTopics(desired, inForce, options.prefix);
  return {
    steps: [
      ...desired.users.flatMap((user) => tooMuch(user, staying)),
      ...removalSteps(leaving, inForce, options.prefix),
      ...topicSteps(desired, inForce),
      ...desired.users.flatMap((user) => tooLittle(user, staying)),
      ...(options.deleteTopics ? orphans.flatMap((acl) => orphanSteps(acl, inForce)) : []),
    ],
    notes: [
      ...(options.deleteTopics
        ? []
        : orphans.map(({ name }) => `topic ${name} is of no product: --delete-topics deletes it`)),
      ...unmarkedTopics(desired, inForce).map(
        (topic) => `nothing told what topic ${topic} holds: it is taken for what the file sells`,
      ),
      ...desired.users.flatMap((user) => [...unfinished(user, staying), ...movedAccount(user, staying)]),
      ...denied([...desired.users.map(({ user }) => user), ...leaving], inForce, options.prefix),
      ...inForce.acls
        .filter(({ principal, permission }) => principal === "User:*" && permission === "allow")
        .map((acl) => `everyone has a right that no entitlement gives: ${acl.operation} ${acl.resource} ${acl.name}`),
    ],
  };
}

/**
 * The identities that a user signs in with: the one that its secret holds, and the other while a rotation is not finished. What a rotation that
 * was cut short has made, and nobody was given, is not one of them.
 */
export function identitiesInUse(
  { identities, clientSecret }: DesiredUser,
  { secrets, scramUsers, acls }: InForce,
): { readonly active: Identity; readonly other: Identity; readonly otherIsGood: boolean } {
  const [first, second] = identities;
  const isSecond = secrets.get(clientSecret)?.username === second.username;
  const [active, other] = isSecond ? [second, first] : [first, second];
  const isMade = secrets.has(other.secret) && scramUsers.has(other.username);
  return { active, other, otherIsGood: isMade && !isWithheld(other, acls) };
}

/** Users that the file does not have any more, or that were made for another customer: they know the password. */
function leavingUsers(desired: DesiredState, inForce: InForce, prefix: string): readonly string[] {
  const owners = new Map(desired.users.map(({ user, customer }) => [user, customer]));
  const isLeaving = (user: string) => {
    const owner = ownerInForce(inForce, user, prefix);
    return !owners.has(user) || (owner !== null && owner !== owners.get(user));
  };
  return [...customerUsers(inForce, prefix)].filter(isLeaving).toSorted();
}

/** What a user that stays has and should not have. */
function tooMuch(user: DesiredUser, inForce: InForce): readonly Step[] {
  const { active, other, otherIsGood } = identitiesInUse(user, inForce);
  const good = otherIsGood ? [active, other] : [active];
  const extra = good.flatMap((identity) => {
    const wanted = new Set(readerRights(identity, user.user, user.topics).map(aclKey));
    // What an operator denies, in an emergency for one, is for the operator to allow again.
    return rightsOf(inForce, identity.username).filter((acl) => !isDenial(acl) && !wanted.has(aclKey(acl)));
  });
  return [
    ...revocation(extra),
    ...(otherIsGood ? [] : strayIdentity(other, inForce)),
    ...revocation(withheldMarks(user.identities, inForce.acls)),
  ];
}

/** What a user lacks; the secret that its programs read is filled last, when all else works. */
function tooLittle(user: DesiredUser, inForce: InForce): readonly Step[] {
  const { secrets, scramUsers } = inForce;
  const { active, other, otherIsGood } = identitiesInUse(user, inForce);
  const secret = secrets.get(active.secret);
  const hasPassword = secret?.username === active.username;
  const client = secrets.get(user.clientSecret);
  const isShared = client?.account === undefined || client.account === user.account;
  const isHeld = hasPassword && client?.digest === secret.digest;
  const isHandedOver = isHeld && isShared;
  // Of a password that was not handed over the cluster may hold another one: a run was cut short between the secret and the user.
  const canSignIn = isHeld && scramUsers.has(active.username);
  const replaces = scramUsers.has(active.username);
  const wanted = (otherIsGood ? [active, other] : [active]).flatMap((id) => readerRights(id, user.user, user.topics));
  return [
    ...(hasPassword ? [] : [{ do: "makePassword", identity: active, replaces: secret !== undefined } as const]),
    ...(canSignIn ? [] : [{ do: "makeUser", identity: active, replaces } as const]),
    ...granting(missingFrom(inForce.acls, wanted)),
    ...(canSignIn ? [] : [{ do: "proveSignIn", identity: active } as const]),
    ...(isHandedOver ? [] : [handOver(user, active, client !== undefined)]),
  ];
}

/** Puts an identity into the secret that the customer reads. */
export function handOver({ clientSecret, account }: DesiredUser, identity: Identity, replaces: boolean): Step {
  return { do: "handOver", identity, clientSecret, account, replaces };
}

/** What is left of an identity that is not in use: of a rotation that was cut short. */
export function strayIdentity(identity: Identity, inForce: InForce): readonly Step[] {
  return [
    ...revocation(rightsOf(inForce, identity.username).filter((acl) => !isDenial(acl))),
    ...(inForce.scramUsers.has(identity.username) ? [{ do: "removeUser", identity } as const] : []),
    ...(inForce.secrets.has(identity.secret) ? [{ do: "deleteSecret", secret: identity.secret } as const] : []),
  ];
}

function unfinished(user: DesiredUser, inForce: InForce): readonly string[] {
  const { active, other, otherIsGood } = identitiesInUse(user, inForce);
  if (!otherIsGood) return [];
  const finish = `\`entitlements rotate --user ${user.user} --finish\``;
  return [`${user.user} signs in as ${active.username}; ${other.username} is still good until ${finish}`];
}

function denied(users: readonly string[], inForce: InForce, prefix: string): readonly string[] {
  const identities = [...new Set(users)].flatMap((user) => identitiesOf(user, prefix));
  const denials = identities.flatMap(({ username }) => rightsOf(inForce, username)).filter(isDenial);
  return denials.map((acl) => `what somebody has denied stays so, whatever was bought: ${aclText(acl)}`);
}

function movedAccount({ user, account, clientSecret }: DesiredUser, { secrets }: InForce): readonly string[] {
  const before = secrets.get(clientSecret)?.account;
  if (before == null || before === account) return [];
  return [`account ${before} has read the password of ${user}: rotate it once account ${account} reads the secret`];
}
