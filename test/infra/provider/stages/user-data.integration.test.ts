import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FetchedFile } from "../../../../infra/artefacts/stage-artefact.ts";
import { tarOf } from "../../../../infra/artefacts/tar.ts";
import { type UserDataOptions, userDataLines } from "../../../../infra/provider/stages/user-data.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bellwether-machine-"));
  for (const folder of ["bin", "bucket", "opt/aws/bin", "etc/systemd/system", "etc/logrotate.d"])
    mkdirSync(join(root, folder), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** A file in the made-up bucket. */
function stored(name: string, files: Readonly<Record<string, string>>): FetchedFile {
  const archive = tarOf(Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) })));
  return storedBytes(name, execFileSync("gzip", ["-n"], { input: archive }));
}

function storedBytes(name: string, bytes: Buffer): FetchedFile {
  writeFileSync(join(root, "bucket", name), bytes);
  return { bucket: "assets", key: name, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function options(changes: Partial<UserDataOptions> = {}): UserDataOptions {
  return {
    command: "enrich",
    environment: { SYMBOLS: "*", KAFKA_BROKERS: "b-1:9098,b-2:9098" },
    software: {
      node: stored("node.tgz", { "package/bin/node": "node", "package/README.md": "no use" }),
      program: stored("program.tgz", { "bellwether.mjs": "program" }),
      crc32: stored("crc32.tgz", { "package/crc32.node": "binary" }),
    },
    settingsFiles: {},
    logGroupName: "the-log",
    volumeId: null,
    readiness: "running",
    signal: { stack: "bellwether", resource: "Group", region: "us-east-1" },
    ...changes,
  };
}

/** Commands that a machine has, each of which notes what it was asked. */
const commands: Readonly<Record<string, string>> = {
  // The bucket is a folder, and volumes are there at once.
  aws: 'if [ "$1" = s3 ]; then cp "$ROOT/bucket/$(basename "$4")" "$5"; fi',
  dnf: ":",
  useradd: ":",
  sleep: ":",
  chown: ":",
  mount: ":",
  blkid: 'echo "$1: TYPE=xfs"',
  "mkfs.xfs": ":",
  curl: 'case "$*" in *instance-id*) echo i-1;; *) echo token;; esac',
  systemctl: 'case "$1" in enable) echo "$STAGE_SAYS" >> "$ROOT/var/log/bellwether/stage.log";; show) echo "0";; esac',
};

/** Runs it in a root of its own, and tells what became of it. */
function run(script: readonly string[], stageSays = '{"message":"metrics","state":"running"}') {
  const note = 'echo "$(basename "$0") $*" >> "$ROOT/asked"';
  const command = (path: string, body: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/bash\n${note}\n${body}\n`);
    chmodSync(path, 0o755);
  };
  for (const [name, body] of Object.entries(commands)) command(join(root, "bin", name), body);
  command(join(root, "opt/aws/bin/cfn-signal"), ":");
  command(join(root, "opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"), ":");
  const text = script
    .join("\n")
    .replaceAll(/(?<![\w}.])\/(opt|etc|var\/l)/g, `${root}/$1`)
    .replaceAll("/dev/disk/by-id", `${root}/dev`);
  const path = [join(root, "bin"), process.env["PATH"]].join(":");
  const env = { PATH: path, ROOT: root, STAGE_SAYS: stageSays };
  const { status, stderr } = spawnSync("bash", ["--norc", "-c", text], { env, encoding: "utf8" });
  const asked = readFileSync(join(root, "asked"), "utf8");
  return { status, stderr, asked, signal: asked.match(/cfn-signal .*--success (\w+)/)?.[1] };
}

const at = (path: string) => join(root, path);

describe("a new machine", () => {
  it("installs Node, the program and its binary, and only then says that the stage is up", () => {
    const { status, signal, stderr, asked } = run(userDataLines(options()));
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(signal).toBe("true");
    expect(readFileSync(at("opt/bellwether/node/bin/node"), "utf8")).toBe("node");
    expect(existsSync(at("opt/bellwether/node/README.md"))).toBe(false);
    expect(readFileSync(at("opt/bellwether/program/bellwether.mjs"), "utf8")).toBe("program");
    const binary = "opt/bellwether/program/node_modules/@node-rs/crc32-linux-arm64-gnu/crc32.node";
    expect(readFileSync(at(binary), "utf8")).toBe("binary");
    expect(readFileSync(at("etc/bellwether/environment"), "utf8")).toContain('SYMBOLS="*"\n');
    expect(asked).toContain("systemctl enable --now bellwether.service");
    expect(asked).toContain("cfn-signal --region us-east-1 --stack bellwether --resource Group --success true");
  });

  it("tells of a failure where one byte of the program is another, and starts nothing", () => {
    const lines = userDataLines(options());
    stored("program.tgz", { "bellwether.mjs": "another" });
    const { status, signal, asked } = run(lines);
    expect(status).not.toBe(0);
    expect(signal).toBe("false");
    expect(asked).not.toContain("systemctl");
  });

  it("tells of a failure where the stage never says that it runs", () => {
    expect(run(userDataLines(options()), "bellwether: The configuration has faults.").signal).toBe("false");
  });

  it("does not wait for the stage where only the installation is asked for", () => {
    const installed = userDataLines(options({ readiness: "installed" }));
    expect(run(installed, "bellwether: The secret has no value.").signal).toBe("true");
  });

  it("puts files of settings beside the environment", () => {
    const file = storedBytes("entitlements.yaml", Buffer.from("products: {}\n"));
    run(userDataLines(options({ settingsFiles: { "entitlements.yaml": file } })));
    expect(readFileSync(at("etc/bellwether/entitlements.yaml"), "utf8")).toBe("products: {}\n");
  });

  it("takes its volume over as it is, and formats only an empty one", () => {
    mkdirSync(at("dev"));
    writeFileSync(at("dev/nvme-Amazon_Elastic_Block_Store_vol0123"), "");
    writeFileSync(at("etc/fstab"), "");
    const { asked, signal } = run(userDataLines(options({ volumeId: "vol-0123" })));
    expect(signal).toBe("true");
    expect(asked).toContain("aws ec2 attach-volume --volume-id vol-0123 --instance-id i-1");
    expect(asked).not.toContain("mkfs.xfs");
    expect(readFileSync(at("etc/fstab"), "utf8")).toMatch(/vol0123 \S+\/var\/lib\/bellwether xfs/);
    expect(readFileSync(at("etc/systemd/system/bellwether.service"), "utf8")).toContain("RequiresMountsFor=");
  });
});
