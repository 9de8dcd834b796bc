import { costCommand } from "./commands/cost.ts";
import { deployedCommands } from "./commands/deployed.ts";
import { localCommand } from "./commands/local.ts";
import { replayCommand } from "./commands/replay.ts";
import { upCommand } from "./commands/up.ts";
import { runProgram } from "./run-program.ts";

await runProgram([upCommand(), localCommand(), ...deployedCommands(), replayCommand(), costCommand()]);
