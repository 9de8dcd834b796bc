import { stageNodeOptions } from "../../../runtime/config/stage-heap.ts";
import { machine } from "./machine.ts";

export interface UnitOptions {
  /** Of `bellwether`: `enrich`. */
  readonly command: string;
  /** Whether what it keeps is on a volume of its own, without which it must not start. */
  readonly hasVolume: boolean;
  /** @default "log" */
  readonly output?: UnitOutput | undefined;
}

/**
 * Where a stage's standard output goes: `log`, with its log; `journal`, into the machine's own journal, which keeps so much and no more, and leaves the
 * machine by nobody. That is for output that is data.
 */
export type UnitOutput = "log" | "journal";

/**
 * The systemd unit of a stage: started at boot, again ten seconds after any end, and shut in. It can read its software and settings, write its log
 * and its state, and speak IP; V8 makes code while it runs, so that memory cannot be write-or-execute.
 * @see https://www.freedesktop.org/software/systemd/man/252/systemd.exec.html
 */
export function systemdUnit({ command, hasVolume, output = "log" }: UnitOptions): string {
  return `${[
    "[Unit]",
    `Description=Bellwether, ${command}`,
    "Wants=network-online.target",
    "After=network-online.target",
    // An end is never the last: how often it ends is for the alarms to tell.
    "StartLimitIntervalSec=0",
    ...(hasVolume ? [`RequiresMountsFor=${machine.state}`] : []),
    "",
    "[Service]",
    `User=${machine.user}`,
    `Group=${machine.user}`,
    `Environment=NODE_OPTIONS=${stageNodeOptions}`,
    `EnvironmentFile=${machine.settings}/environment`,
    `ExecStart=${machine.software}/node/bin/node ${machine.software}/program/bellwether.mjs ${command}`,
    "Restart=always",
    "RestartSec=10",
    // Stages end in good order within eleven seconds.
    "TimeoutStopSec=30",
    // Opened by systemd itself: the stage cannot change what it has said.
    // The journal would leave out what comes too fast for a log; data does.
    ...(output === "log"
      ? [`StandardOutput=append:${machine.log}`]
      : ["StandardOutput=journal", "LogRateLimitIntervalSec=0"]),
    `StandardError=append:${machine.log}`,
    "StateDirectory=bellwether",
    "StateDirectoryMode=0750",
    "LimitNOFILE=65536",
    "UMask=0077",
    ...shutIn,
    "",
    "[Install]",
    "WantedBy=multi-user.target",
  ].join("\n")}\n`;
}

const shutIn = [
  "NoNewPrivileges=yes",
  "CapabilityBoundingSet=",
  "AmbientCapabilities=",
  "ProtectSystem=strict",
  "ProtectHome=yes",
  "PrivateTmp=yes",
  "PrivateDevices=yes",
  "ProtectKernelTunables=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelLogs=yes",
  "ProtectControlGroups=yes",
  "ProtectClock=yes",
  "ProtectHostname=yes",
  "ProtectProc=invisible",
  "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "LockPersonality=yes",
  "RemoveIPC=yes",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallErrorNumber=EPERM",
];
