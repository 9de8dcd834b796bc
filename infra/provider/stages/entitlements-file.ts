import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { Construct } from "constructs";
import { scratchFile } from "../../artefacts/scratch-file.ts";
import { type FetchedFile, fetchedFile, readStatement } from "../../artefacts/stage-artefact.ts";

/** The entitlements' text as a file that the distributor's machines fetch. Another text is another file, and so new machines: it is read at the start. */
export class EntitlementsFile extends Construct {
  readonly file: FetchedFile;
  readonly #asset: Asset;

  constructor(scope: Construct, id: string, text: string) {
    super(scope, id);
    const path = scratchFile("entitlements.yaml", text);
    this.#asset = new Asset(this, "File", { path });
    this.file = fetchedFile(this.#asset, path);
  }

  readStatement(): PolicyStatement {
    return readStatement("EntitlementsFile", [this.#asset]);
  }
}
