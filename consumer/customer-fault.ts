import { PipelineError } from "../domain/errors.ts";
import { rootOf } from "../runtime/kafka/errors.ts";
import { groupPrefix } from "./group-name.ts";

/** The same fault with what a customer can do about it, who has no say over the cluster. */
export function customerFault(fault: PipelineError, username: string | undefined): PipelineError {
  const remedy = remedyFor(fault, username);
  if (remedy === undefined || remedy === fault.remedy) return fault;
  return new PipelineError(fault.code, fault.message, { remedy, retriable: fault.retriable, cause: fault });
}

function remedyFor(fault: PipelineError, username: string | undefined): string | undefined {
  const user = username === undefined ? "this user" : `the user ${username}`;
  switch (fault.code) {
    case "kafkaAuthorization":
      return rootOf(fault.cause).type === "GROUP_AUTHORIZATION_FAILED"
        ? `Use a group whose name begins with ${username === undefined ? "your user's name and a hyphen" : groupPrefix(username)}; if it does, ask your provider whether ${user} still has rights.`
        : `Ask your provider whether ${user} may still read it: rights follow what you have bought.`;
    case "kafkaAuthentication":
      return `Ask your provider whether the password of ${user} was rotated or withdrawn; with KAFKA_SECRET_ID a rotation is followed by itself.`;
    case "kafkaUnreachable":
      return `${fault.remedy ?? ""} \`bellwether consume check\` says at which step it fails, and what to mend.`.trim();
    case "kafkaTopic":
      return "Check the topic's name with your provider; without one, all that your rights show is read.";
    default:
      return fault.remedy;
  }
}
