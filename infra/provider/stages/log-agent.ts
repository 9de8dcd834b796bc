import { machine } from "./machine.ts";

/** The CloudWatch agent's configuration: a stage's log, and that of its installation, each into a stream of the machine's own. No metrics. */
export function logAgentConfig(logGroupName: string): string {
  const collected = (path: string, stream: string) => ({
    file_path: path,
    log_group_name: logGroupName,
    log_stream_name: stream,
    // The group and how long it keeps are the deployment's: the agent may not make or change one.
    retention_in_days: -1,
  });
  return JSON.stringify({
    agent: { run_as_user: "root" },
    logs: {
      logs_collected: {
        files: {
          collect_list: [
            collected(machine.log, "{instance_id}"),
            collected("/var/log/cloud-init-output.log", "{instance_id}/installation"),
          ],
        },
      },
      force_flush_interval: 5,
    },
  });
}

/** Keeps the machine's disk from filling: five days at most, and never more than half a gigabyte. */
export const logRotation = [
  `${machine.log} {`,
  "  daily",
  "  rotate 4",
  "  maxsize 100M",
  "  missingok",
  "  notifempty",
  "  compress",
  // systemd holds the file open, and appends.
  "  copytruncate",
  "}",
  "",
].join("\n");
