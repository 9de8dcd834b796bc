import { Duration } from "aws-cdk-lib";
import type { ISecurityGroup, IVpc, SubnetSelection } from "aws-cdk-lib/aws-ec2";
import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import {
  handlerArchitecture,
  handlerCodeWith,
  handlerFolder,
  handlerFunctions,
  handlerRuntime,
} from "../artefacts/bundle-handler.ts";
import { functionLog } from "../artefacts/function-log.ts";
import { acknowledgeFunction } from "../guards/acknowledge.ts";
import { type EntitlementsProperties, entitlementsEnvironment } from "../handlers/properties.ts";

interface EntitlementsOperatorProps {
  /** What the entitlements are applied with: the operator works on the same. */
  readonly properties: EntitlementsProperties;
  readonly statements: readonly PolicyStatement[];
  readonly network: {
    readonly vpc: IVpc;
    readonly vpcSubnets: SubnetSelection;
    readonly securityGroups: ISecurityGroup[];
  };
}

/**
 * Rotates customers' passwords when a person asks: nobody has a machine inside of the network. It has no policy that would let anybody in: who may call
 * it are principals of the account with `lambda:InvokeFunction`.
 */
export class EntitlementsOperator extends Construct {
  /**
   * What the provider runs. A function that has not answered yet must not be asked a second time, which the command line does by itself after a minute:
   * so it waits, and asks once.
   */
  readonly rotateCommand: string;

  constructor(scope: Construct, id: string, { properties, statements, network }: EntitlementsOperatorProps) {
    super(scope, id);
    const { functionName } = new LambdaFunction(this, "Function", {
      runtime: handlerRuntime,
      architecture: handlerArchitecture,
      code: handlerCodeWith("entitlements", documentFile, properties.document),
      handler: handlerFunctions.operate,
      description: "Rotates customers' passwords when it is invoked",
      memorySize: 512,
      timeout: Duration.minutes(15),
      logGroup: functionLog(this),
      initialPolicy: [...statements],
      environment: { ...entitlementsEnvironment(properties), ENTITLEMENTS_FILE: `${handlerFolder}/${documentFile}` },
      ...network,
    });
    acknowledgeFunction(this);
    this.rotateCommand = `AWS_MAX_ATTEMPTS=1 aws lambda invoke --function-name ${functionName} --cli-read-timeout 0 --cli-binary-format raw-in-base64-out --payload '{"rotate":{"user":"NAME"}}' /dev/stdout`;
  }
}

const documentFile = "entitlements.yaml";
