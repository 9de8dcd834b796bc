import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { Construct } from "constructs";
import { bundleStages } from "./bundle-stages.ts";
import { crc32ForArm, nodeForArm, packageArchive } from "./pinned-package.ts";
import { scratchFile } from "./scratch-file.ts";
import { tarOf } from "./tar.ts";

/** Paths of the archives that a machine is made of; each is a `.tgz`. */
export interface StageFiles {
  /** `bellwether.mjs` and what it loads. */
  readonly program: string;
  /** Node, as npm has it: `package/bin/node`. */
  readonly node: string;
  /** The binary beside the program: `package/*.node`. */
  readonly crc32: string;
}

/** A file in the deployment's bucket that a machine fetches, and knows by its checksum. */
export interface FetchedFile {
  readonly bucket: string;
  readonly key: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** The software of every machine of a deployment: one program, one Node, no image and no package server. */
export class StageArtefact extends Construct {
  readonly files: Readonly<Record<keyof StageFiles, FetchedFile>>;
  readonly #assets: readonly Asset[];

  /** @param files - where the archives are. @default what `stageFiles` makes */
  constructor(scope: Construct, id: string, files: StageFiles = stageFiles()) {
    super(scope, id);
    const program = new Asset(this, "Program", { path: files.program });
    const node = new Asset(this, "Node", { path: files.node });
    const crc32 = new Asset(this, "Crc32", { path: files.crc32 });
    this.files = {
      program: fetchedFile(program, files.program),
      node: fetchedFile(node, files.node),
      crc32: fetchedFile(crc32, files.crc32),
    };
    this.#assets = [program, node, crc32];
  }

  /** The right to read these three, and nothing else of the bucket. */
  readStatement(): PolicyStatement {
    return readStatement("Software", this.#assets);
  }
}

/** The right to read just these files. */
export function readStatement(sid: string, assets: readonly Asset[]): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions: ["s3:GetObject"],
    resources: assets.map(({ bucket, s3ObjectKey }) => bucket.arnForObjects(s3ObjectKey)),
  });
}

/** What a machine fetches of an asset that was made of this file. */
export function fetchedFile(asset: Asset, path: string): FetchedFile {
  return { bucket: asset.s3BucketName, key: asset.s3ObjectKey, sha256: sha256Of(path) };
}

let made: StageFiles | undefined;

/** Bundles the stages and fetches what they run on, once a process. @throws PipelineError `downloadFailed` */
function stageFiles(): StageFiles {
  made ??= {
    program: writtenProgram(),
    node: packageArchive(nodeForArm),
    crc32: packageArchive(crc32ForArm),
  };
  return made;
}

/** The same sources give the same bytes, so that a machine is replaced only where its program is another. */
function writtenProgram(): string {
  return scratchFile("program.tgz", gzipSync(tarOf(bundleStages()), { level: 9 }));
}

function sha256Of(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
