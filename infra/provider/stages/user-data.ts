import { dirname } from "node:path";
import type { FetchedFile, StageArtefact } from "../../artefacts/stage-artefact.ts";
import { environmentFile } from "./environment-file.ts";
import { logAgentConfig, logRotation } from "./log-agent.ts";
import { machine } from "./machine.ts";
import { systemdUnit, type UnitOutput } from "./systemd-unit.ts";

/** What a machine must have shown before the deployment goes on: `installed`, its unit is there; `running`, the stage's own figures say that it is. */
export type Readiness = "installed" | "running";

export interface UserDataOptions {
  /** Of `bellwether`: `enrich`. */
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly software: StageArtefact["files"];
  /** Put under their names into `machine.settings`. */
  readonly settingsFiles: Readonly<Record<string, FetchedFile>>;
  readonly logGroupName: string;
  /** The volume that `machine.state` is on; null where it is on the machine's own disk. */
  readonly volumeId: string | null;
  readonly readiness: Readiness;
  /** @default "log" */
  readonly output?: UnitOutput | undefined;
  /** What CloudFormation waits at. */
  readonly signal: { readonly stack: string; readonly resource: string; readonly region: string };
}

/**
 * What a new machine runs once, as root: it installs one stage and tells CloudFormation how that went, so that a rolling update stops, and goes back, at
 * the first machine that does not work. Everything fetched is checked by its SHA-256. There is no secret in it: anybody on the machine can read it.
 */
export function userDataLines(options: UserDataOptions): readonly string[] {
  const { command, environment, software, settingsFiles, logGroupName, volumeId, readiness, signal } = options;
  const agentFile = `${machine.settings}/log-agent.json`;
  return [
    "set -Eeuo pipefail",
    `export AWS_DEFAULT_REGION=${signal.region}`,
    ...signalling(signal),
    "dnf install -y -q amazon-cloudwatch-agent aws-cfn-bootstrap logrotate",
    `useradd --system --no-create-home --shell /sbin/nologin ${machine.user} || id ${machine.user}`,
    `install -d -m 0755 ${machine.software} ${machine.settings} ${dirname(machine.log)}`,
    ...written(agentFile, logAgentConfig(logGroupName)),
    `/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:${agentFile}`,
    ...fetching,
    unpacked(software.node, `${machine.software}/node`, "package/bin/node"),
    unpacked(software.program, `${machine.software}/program`),
    `install -d ${machine.software}/program/node_modules/@node-rs`,
    unpacked(software.crc32, `${machine.software}/program/node_modules/${crc32Package}`),
    ...Object.entries(settingsFiles).map(
      ([name, file]) => `fetch ${place(file)} ${machine.settings}/${name} && chmod 0644 ${machine.settings}/${name}`,
    ),
    ...(volumeId === null ? [] : mounted(volumeId)),
    ...written(`${machine.settings}/environment`, environmentFile(environment)),
    ...written("/etc/logrotate.d/bellwether", logRotation),
    ...written(
      `/etc/systemd/system/${machine.unit}`,
      systemdUnit({ command, hasVolume: volumeId !== null, output: options.output }),
    ),
    "systemctl daemon-reload",
    `systemctl enable --now ${machine.unit}`,
    ...(readiness === "installed" ? [] : untilRunning),
    `systemctl is-enabled ${machine.unit}`,
    "signal true 'the stage is up'",
  ];
}

/** As in `native-crc32.ts`, on the machines' processor. */
const crc32Package = "@node-rs/crc32-linux-arm64-gnu";

function signalling({ stack, resource, region }: UserDataOptions["signal"]): readonly string[] {
  return [
    "signal() {",
    // It says who it is by the machine's own identity: no right is needed. Outside of a creation or an update nobody waits for it, and it is refused.
    `  /opt/aws/bin/cfn-signal --region ${region} --stack ${stack} --resource ${resource} --success "$1" --reason "$2" || true`,
    "}",
    "trap 'signal false \"line $LINENO of the installation; see the log stream {instance}/installation\"' ERR",
  ];
}

const fetching = [
  "fetch() { # bucket key sha256 file",
  '  aws s3 cp --only-show-errors "s3://$1/$2" "$4"',
  '  echo "$3  $4" | sha256sum --check --quiet',
  "}",
  "unpack() { # bucket key sha256 folder strip [members]",
  "  local archive folder=$4 strip=$5",
  "  archive=$(mktemp)",
  '  fetch "$1" "$2" "$3" "$archive"',
  "  shift 5",
  '  install -d "$folder"',
  '  tar -xzf "$archive" -C "$folder" --no-same-owner --strip-components="$strip" "$@"',
  '  rm "$archive"',
  "}",
];

function place({ bucket, key, sha256 }: FetchedFile): string {
  return `${bucket} ${key} ${sha256}`;
}

/** npm's packages stand in a folder of their own in the archive; the program does not. */
function unpacked(file: FetchedFile, folder: string, member?: string): string {
  const strip = folder.endsWith("/program") ? 0 : 1;
  return `unpack ${place(file)} ${folder} ${strip}${member === undefined ? "" : ` ${member}`}`;
}

/** The volume comes free when the machine before has ended; it is formatted only if it is empty (mkfs refuses any other). */
function mounted(volumeId: string): readonly string[] {
  return [
    `volume=${volumeId}`,
    "token=$(curl -sf -X PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 300')",
    'instance=$(curl -sf -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/meta-data/instance-id)',
    // Five minutes: a machine takes one or two to end.
    'for attempt in $(seq 60); do aws ec2 attach-volume --volume-id "$volume" --instance-id "$instance" --device /dev/sdf && break; [ "$attempt" -lt 60 ]; sleep 5; done',
    // Device names are the kernel's own on these machines; the volume's id is its serial number.
    'device=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$(echo "$volume" | tr -d -)',
    'for attempt in $(seq 60); do [ -e "$device" ] && break; [ "$attempt" -lt 60 ]; sleep 1; done',
    'blkid "$device" || mkfs.xfs -q "$device"',
    `install -d ${machine.state}`,
    `echo "$device ${machine.state} xfs nodev,nosuid,noexec,nofail 0 2" >> /etc/fstab`,
    `mount ${machine.state}`,
    `chown ${machine.user}:${machine.user} ${machine.state}`,
  ];
}

const restarts = `$(systemctl show --property NRestarts --value ${machine.unit})`;
/** The stage's own word in its log, within ten minutes; and then half a minute without an end. */
const untilRunning = [
  `for attempt in $(seq 120); do grep -qs '"state":"running"' ${machine.log} && break; [ "$attempt" -lt 120 ]; sleep 5; done`,
  `restarts=${restarts}`,
  "sleep 30",
  `[ "$restarts" = "${restarts}" ]`,
];

/** Quoted: the shell changes nothing in it. */
function written(path: string, text: string): readonly string[] {
  return [`cat > ${path} <<'END_OF_FILE'`, text.replace(/\n$/, ""), "END_OF_FILE"];
}
