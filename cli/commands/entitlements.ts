import { Command } from "commander";
import { environment } from "../../runtime/config/environment.ts";
import type { EntitlementsOptions } from "../entitlements/actions.ts";
import { entitlementsVariables } from "../entitlements/variables.ts";
import { environmentHelp } from "../help.ts";
import { exitCodes, runCommand } from "../run-command.ts";

const deleteTopicsHelp =
  "delete topics of products that are no more, and, with their records, topics of which less is sold than before";

/** `bellwether entitlements`: who may see what, from one file. */
export function entitlementsCommand(): Command {
  const command = new Command("entitlements")
    .description("Who may see what: customers' users, rights, passwords and topics, from one file")
    .addCommand(
      withSecrets(subcommand("plan", "Show what apply would change"))
        .option("--delete-topics", deleteTopicsHelp)
        .action(run(async (options) => (await import("../entitlements/actions.ts")).showPlan(options))),
    )
    .addCommand(
      withSecrets(subcommand("apply", "Make the file's entitlements, and no others, hold"))
        .option("--delete-topics", deleteTopicsHelp)
        .option("--remove-all", "yes, every customer that there is shall go")
        .option("--new-passwords", "yes, users of which the store of secrets has nothing shall get new passwords")
        .action(run(async (options) => (await import("../entitlements/actions.ts")).apply(options))),
    )
    .addCommand(
      withSecrets(subcommand("check", "Try for every user what it may do and what it may not, over the real listener"))
        .option("--json", "one JSON line for each user and kind of attempt")
        .addHelpText("after", "\nExit code 0: all is as it must be; 1 otherwise.")
        .action(run(async (options) => (await import("../entitlements/actions.ts")).check(options))),
    )
    .addCommand(
      withSecrets(subcommand("rotate", "Give users new passwords, without an outage"))
        .option("--user <name>", "this user")
        .option("--customer <name>", "all users of this customer")
        .option("--finish", "end the passwords that the last rotation has replaced")
        .action(run(async (options) => (await import("../entitlements/actions.ts")).rotate(options))),
    )
    .addCommand(
      subcommand(
        "show",
        "Print all that follows from the file, as JSON: for the infrastructure's code and OpenSearch",
      ).action(run(async (options) => (await import("../entitlements/actions.ts")).show(options))),
    )
    .addCommand(
      new Command("denied")
        .description("Show what the brokers have refused, by user, operation and resource")
        .option("--log <file>", "the authorizer's log; - for standard input (default: KAFKA_AUTHORIZER_LOG)")
        .option("--json", "one JSON line for each")
        .action(run(async (options) => (await import("../entitlements/actions.ts")).showDenied(options))),
    );
  return command.addHelpText("after", environmentHelp(entitlementsVariables));
}

function subcommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option("--file <file>", "default: ENTITLEMENTS_FILE, else entitlements.yaml");
}

function withSecrets(command: Command): Command {
  return command
    .option(
      "--secrets-dir <dir>",
      "keep passwords there in files (default: Secrets Manager with AWS_REGION, else .bellwether/secrets)",
    )
    .option("--kms-key <id>", "the KMS key of new secrets in Secrets Manager: MSK wants one of your own");
}

/** Runs an action; `false` from it makes the exit code 1. */
function run(
  action: (options: EntitlementsOptions) => Promise<boolean>,
): (options: EntitlementsOptions) => Promise<void> {
  return (options) =>
    runCommand(async () => {
      if (!(await action({ ...options, environment }))) process.exitCode = exitCodes.failed;
    });
}
