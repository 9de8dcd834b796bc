import { CfnDeletionPolicy, Stack } from "aws-cdk-lib";
import { CfnVolume } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { stageTag } from "./machine.ts";

export interface RetainedVolumeProps {
  readonly stage: string;
  readonly gib: number;
  /** Its machine must be in the same. */
  readonly zone: string;
}

/** A disk that goes from a machine to the one that replaces it, and stays when the stack goes. Encrypted with the account's key for EBS. */
export class RetainedVolume extends Construct {
  readonly volumeId: string;
  readonly #stage: string;

  constructor(scope: Construct, id: string, { stage, gib, zone }: RetainedVolumeProps) {
    super(scope, id);
    this.#stage = stage;
    const volume = new CfnVolume(this, "Volume", {
      availabilityZone: zone,
      size: gib,
      volumeType: "gp3",
      encrypted: true,
      tags: [
        { key: "Name", value: `${Stack.of(this).stackName} ${stage} state` },
        { key: stageTag, value: stage },
      ],
    });
    // That of a first deployment that fails holds nothing yet.
    volume.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    volume.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    this.volumeId = volume.ref;
  }

  /** To attach this volume, to machines of this stage. */
  attachStatements(): readonly PolicyStatement[] {
    const { partition, region, account } = Stack.of(this);
    const arn = (resource: string) => `arn:${partition}:ec2:${region}:${account}:${resource}`;
    return [
      new PolicyStatement({
        sid: "Volume",
        actions: ["ec2:AttachVolume"],
        resources: [arn(`volume/${this.volumeId}`)],
      }),
      new PolicyStatement({
        sid: "VolumeMachine",
        actions: ["ec2:AttachVolume"],
        // A machine's id is known only when it is there; its tag says which they are.
        resources: [arn("instance/*")],
        conditions: { StringEquals: { [`aws:ResourceTag/${stageTag}`]: this.#stage } },
      }),
    ];
  }
}
