import { PipelineError } from "../errors.ts";
import { topicNames } from "../topics.ts";
import { type AclBinding, aclKey, allowed } from "./acl-binding.ts";
import { deploymentsOf } from "./deployments.ts";
import { type DesiredState, distributorUser } from "./desired-state.ts";
import type { ProductTopic } from "./entitlements.ts";
import { type InForce, rightsOf } from "./in-force.ts";
import { granting, missingFrom, revocation } from "./removal.ts";
import type { Step } from "./step.ts";
import { isTopicMark, markText, showsAllOf } from "./topic-mark.ts";

/**
 * Makes products' topics and settles what each of them holds, and then gives the `distribute` stage its rights. A topic that holds more than is
 * sold by now goes with its records, and is made anew: the stage may not write it meanwhile, and the new mark stands before it may again.
 */
export function topicSteps(desired: DesiredState, inForce: InForce): readonly Step[] {
  const outdated = desired.topics.filter(({ topic }) => needsRenewal(topic, desired, inForce));
  const renewed = new Set(outdated.map(({ topic }) => topic));
  const stays = (acl: AclBinding) => !renewed.has(acl.name) || acl.principal !== `User:${distributorUser}`;
  return [
    ...outdated.flatMap((topic) => deletionSteps(topic, inForce)),
    ...desired.topics.flatMap((topic) => markSteps(topic.topic, desired, inForce, renewed.has(topic.topic))),
    ...desired.topics.flatMap((topic) => makingSteps(topic, inForce, renewed.has(topic.topic))),
    ...(renewed.size > 0 ? [{ do: "awaitDistributors" } as const] : []),
    ...granting(missingFrom(inForce.acls.filter(stays), desired.distributorRights)),
  ];
}

/**
 * @throws PipelineError `kafkaTopic` where a topic stands with another partition count, or, unless it may be deleted, with records that show more
 * than is sold by now: buyers would read them for as long as they are kept
 */
export function requireFitting(desired: DesiredState, inForce: InForce, deleteTopics: boolean): void {
  const { topics } = inForce;
  const wrong = desired.topics.filter(
    ({ topic, partitions }) => (topics.get(topic)?.partitions ?? partitions) !== partitions,
  );
  if (wrong.length > 0) {
    const names = wrong.map(
      ({ topic, partitions }) => `${topic} needs ${partitions}, has ${topics.get(topic)?.partitions}`,
    );
    throw new PipelineError("kafkaTopic", `Topics of products have another partition count: ${names.join("; ")}.`, {
      remedy: "Give the product another topic in the file, or delete that topic.",
    });
  }
  const wide = desired.topics.filter(({ topic }) => topics.has(topic) && needsRenewal(topic, desired, inForce));
  if (wide.length === 0 || deleteTopics) return;
  const held = wide.flatMap(({ topic }) => tooWide(topic, desired, inForce).map((mark) => `  ${markText(mark)}`));
  throw new PipelineError(
    "kafkaTopic",
    `Topics hold more than the file sells on them by now, and buyers would read it:\n${held.join("\n")}\n`,
    {
      remedy:
        "Give the product another topic in the file, so that buyers leave the old one; or delete the topic's records with --delete-topics.",
    },
  );
}

/** Topics of which nothing tells what they hold. */
export function unmarkedTopics(desired: DesiredState, inForce: InForce): readonly string[] {
  const names = desired.topics.map(({ topic }) => topic);
  return names.filter((topic) => inForce.topics.has(topic) && marksOn(topic, inForce).length === 0);
}

/** The rights to write topics of products that are no more: the sign that a topic was a product's. */
export function orphanedTopics(desired: DesiredState, inForce: InForce, prefix: string): readonly AclBinding[] {
  const wanted = new Set(desired.distributorRights.map(aclKey));
  const deploymentOf = deploymentsOf(inForce.topics.keys(), prefix);
  const pipeline = new Set(Object.values(topicNames(prefix)));
  const isProductTopic = ({ resource, pattern, operation, permission, name }: AclBinding) =>
    [resource, pattern, operation, permission].join() === "topic,literal,write,allow" &&
    !pipeline.has(name) &&
    (deploymentOf(name) ?? prefix) === prefix;
  return rightsOf(inForce, distributorUser).filter((acl) => isProductTopic(acl) && !wanted.has(aclKey(acl)));
}

/** Deletes an orphan; what tells that it was a product's goes last. */
export function orphanSteps(acl: AclBinding, inForce: InForce): readonly Step[] {
  const deleted: readonly Step[] = inForce.topics.has(acl.name) ? [{ do: "deleteTopic", topic: acl.name }] : [];
  return [...deleted, ...revocation([...marksOn(acl.name, inForce), acl])];
}

function marksOn(topic: string, { acls }: InForce): readonly AclBinding[] {
  return acls.filter((acl) => isTopicMark(acl) && acl.name === topic);
}

/** What was written to a topic, or may have been, and is not sold on it by now. */
function tooWide(topic: string, { marks }: DesiredState, inForce: InForce): readonly AclBinding[] {
  const wanted = marks.find(({ name }) => name === topic);
  return marksOn(topic, inForce).filter((held) => wanted === undefined || !showsAllOf(wanted, held));
}

/** A topic that is gone, of which the mark is left, is one whose renewal was cut short. */
function needsRenewal(topic: string, desired: DesiredState, inForce: InForce): boolean {
  return tooWide(topic, desired, inForce).length > 0;
}

function deletionSteps({ topic }: ProductTopic, inForce: InForce): readonly Step[] {
  const right = allowed(distributorUser, "write", "topic", topic);
  const held = inForce.acls.filter((acl) => aclKey(acl) === aclKey(right));
  return [...revocation(held), ...(inForce.topics.has(topic) ? [{ do: "deleteTopic", topic } as const] : [])];
}

/** The new mark comes before the old one goes, so that no topic with records is ever without. */
function markSteps(topic: string, { marks }: DesiredState, inForce: InForce, isRenewed: boolean): readonly Step[] {
  const wanted = marks.filter(({ name }) => name === topic);
  const keys = new Set(wanted.map(aclKey));
  const old = revocation(marksOn(topic, inForce).filter((mark) => !keys.has(aclKey(mark))));
  const fresh = granting(missingFrom(inForce.acls, wanted));
  return isRenewed ? [...old, ...fresh] : [...fresh, ...old];
}

function makingSteps(topic: ProductTopic, { topics }: InForce, isRenewed: boolean): readonly Step[] {
  const found = topics.get(topic.topic);
  if (found === undefined || isRenewed) return [{ do: "makeTopic", topic }];
  const isSame = Object.entries(topic.configs).every(([name, value]) => found.configs[name] === value);
  return isSame ? [] : [{ do: "configureTopic", topic }];
}
