import type { Command } from "commander";
import { consumeCommand } from "./consume.ts";
import { entitlementsCommand } from "./entitlements.ts";
import { distributeCommand, enrichCommand, indexCommand, produceCommand } from "./stages.ts";
import { verifyCommand } from "./verify.ts";

/** The commands that need no servers of their own: all that a machine of a deployment is given. */
export function deployedCommands(): readonly Command[] {
  return [
    produceCommand(),
    enrichCommand(),
    distributeCommand(),
    indexCommand(),
    consumeCommand(),
    entitlementsCommand(),
    verifyCommand(),
  ];
}
