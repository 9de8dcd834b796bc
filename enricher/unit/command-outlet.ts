import type { UnitCommand } from "./unit-protocol.ts";

type Unattempted<Command> = Command extends unknown ? Omit<Command, "attempt"> : never;

/** The commands that a unit has not handed out yet, each under the attempt in which it was given. */
export class CommandOutlet {
  /** Raised when an attempt ends: answers to an earlier one are not listened to. */
  attempt = 0;
  #commands: UnitCommand[] = [];

  add(command: Unattempted<UnitCommand>): void {
    this.#commands.push({ ...command, attempt: this.attempt } as UnitCommand);
  }

  take(): UnitCommand[] {
    const taken = this.#commands;
    this.#commands = [];
    return taken;
  }
}
