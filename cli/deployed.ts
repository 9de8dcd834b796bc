import { deployedCommands } from "./commands/deployed.ts";
import { runProgram } from "./run-program.ts";

// What infra/artefacts bundles: `bellwether` without the local servers, which come with files and a JDK of their own.
await runProgram(deployedCommands());
