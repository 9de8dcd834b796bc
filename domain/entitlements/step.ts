import { type AclBinding, aclText } from "./acl-binding.ts";
import type { ProductTopic } from "./entitlements.ts";
import type { Identity } from "./identities.ts";
import { type OpenSearchRole, roleText } from "./open-search-role.ts";
import { isTopicMark, markText } from "./topic-mark.ts";
import { withheldText } from "./withheld.ts";

/** One change. Each can be done again after a failure and then does what is still missing. */
export type Step =
  | { readonly do: "makeTopic"; readonly topic: ProductTopic }
  | { readonly do: "configureTopic"; readonly topic: ProductTopic }
  | { readonly do: "deleteTopic"; readonly topic: string }
  /** Waits until whoever distributes by another definition has seen the new marks and stopped. */
  | { readonly do: "awaitDistributors" }
  | { readonly do: "grant"; readonly acls: readonly AclBinding[] }
  | { readonly do: "revoke"; readonly acls: readonly AclBinding[] }
  /** Puts a new random password into the identity's secret. */
  | { readonly do: "makePassword"; readonly identity: Identity; readonly replaces: boolean }
  /** Lets the identity sign in with the password of its secret. */
  | { readonly do: "makeUser"; readonly identity: Identity; readonly replaces: boolean }
  /** Waits until the identity can sign in. */
  | { readonly do: "proveSignIn"; readonly identity: Identity }
  /** Puts the identity's credentials into the secret that the customer's programs read, and lets the customer's account read it. */
  | {
      readonly do: "handOver";
      readonly identity: Identity;
      readonly clientSecret: string;
      readonly account: string;
      readonly replaces: boolean;
    }
  | { readonly do: "removeUser"; readonly identity: Identity }
  | { readonly do: "deleteGroups"; readonly groups: readonly string[] }
  | { readonly do: "deleteSecret"; readonly secret: string }
  /** Puts the role, and who has it. */
  | { readonly do: "putOpenSearchRole"; readonly role: OpenSearchRole; readonly replaces: boolean }
  | { readonly do: "removeOpenSearchRole"; readonly role: string }
  /** Lets the identity sign in to OpenSearch too, with the password of its secret. */
  | {
      readonly do: "putOpenSearchUser";
      readonly identity: Identity;
      readonly role: string;
      readonly clientSecret: string;
      readonly replaces: boolean;
    }
  | { readonly do: "removeOpenSearchUser"; readonly username: string };

/** Steps in the order in which they are to be done, and what a person should know besides. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
}

/** The plan for people: `+` is made, `-` goes away, `~` is changed, `!` is worth knowing. */
export function planText({ steps, notes }: Plan, whereEmpty = "Nothing to change."): string {
  const lines = steps.flatMap(stepLines);
  const body = lines.length === 0 ? [whereEmpty] : lines;
  return [...body, ...notes.map((note) => `! ${note}`)].map((line) => `${line}\n`).join("");
}

/** What one step does, a line for each thing changed. */
export function stepLines(step: Step): readonly string[] {
  switch (step.do) {
    case "makeTopic":
      return [`+ topic ${step.topic.topic}, partitions: ${step.topic.partitions}${configText(step.topic)}`];
    case "configureTopic":
      return [`~ topic ${step.topic.topic}${configText(step.topic)}`];
    case "deleteTopic":
      return [`- topic ${step.topic} and its records`];
    case "grant":
      return step.acls.map((acl) => `+ ${rightText(acl)}`);
    case "revoke":
      return step.acls.map((acl) => `- ${rightText(acl)}`);
    case "makePassword":
      return [`${step.replaces ? "~" : "+"} secret ${step.identity.secret}: a new password`];
    case "makeUser":
      return [`${step.replaces ? "~" : "+"} user ${step.identity.username}: signs in with ${step.identity.secret}`];
    case "proveSignIn":
    case "awaitDistributors":
      return [];
    case "handOver": {
      const { clientSecret, account, identity } = step;
      return [`${step.replaces ? "~" : "+"} secret ${clientSecret} of account ${account}: holds ${identity.username}`];
    }
    case "removeUser":
      return [`- user ${step.identity.username}`];
    case "deleteGroups":
      return step.groups.map((group) => `- group ${group} and its offsets`);
    case "deleteSecret":
      return [`- secret ${step.secret}`];
    case "putOpenSearchRole":
      return [`${step.replaces ? "~" : "+"} OpenSearch role ${step.role.name}: ${roleText(step.role)}`];
    case "removeOpenSearchRole":
      return [`- OpenSearch role ${step.role}`];
    case "putOpenSearchUser":
      return [`${step.replaces ? "~" : "+"} OpenSearch user ${step.identity.username}: has the role ${step.role}`];
    case "removeOpenSearchUser":
      return [`- OpenSearch user ${step.username}`];
    default:
      return step satisfies never;
  }
}

function rightText(acl: AclBinding): string {
  const withheld = withheldText(acl);
  if (withheld !== null) return `mark: ${withheld}`;
  return isTopicMark(acl) ? `mark: ${markText(acl)}` : `right: ${aclText(acl)}`;
}

function configText({ configs }: ProductTopic): string {
  return Object.entries(configs)
    .map(([name, value]) => `, ${name}: ${value}`)
    .join("");
}
