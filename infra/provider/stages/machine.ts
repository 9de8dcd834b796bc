/** Where things are on a stage's machine. */
export const machine = {
  /** Node, the program, and its one binary; only root can change it. */
  software: "/opt/bellwether",
  /** The environment, and files that a stage reads. */
  settings: "/etc/bellwether",
  /** What a stage keeps: on a retained volume, where the machine has one. */
  state: "/var/lib/bellwether",
  /** What the stage says: JSON lines, and one plain line where it ends by a fault. */
  log: "/var/log/bellwether/stage.log",
  user: "bellwether",
  unit: "bellwether.service",
} as const;

/** A tag of the group, its machines and its volume: which stage they are. */
export const stageTag = "bellwether:stage";
