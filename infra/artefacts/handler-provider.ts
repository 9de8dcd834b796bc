import { Duration } from "aws-cdk-lib";
import type { ISecurityGroup, IVpc, SubnetSelection } from "aws-cdk-lib/aws-ec2";
import type { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Provider } from "aws-cdk-lib/custom-resources";
import { Construct } from "constructs";
import { acknowledgeFramework } from "../guards/acknowledge.ts";
import {
  type HandlerName,
  handlerArchitecture,
  handlerCode,
  handlerFunctions,
  handlerRuntime,
} from "./bundle-handler.ts";
import { functionLog } from "./function-log.ts";

interface HandlerProviderProps {
  readonly handler: HandlerName;
  readonly description: string;
  /** What the handler may do, besides writing its log. @default nothing */
  readonly statements?: readonly PolicyStatement[];
  /** For a handler with `isComplete`: how often it looks, and for how long; an hour at most. @default no `isComplete` */
  readonly waits?: { readonly queryInterval: Duration; readonly totalTimeout: Duration };
  /** Of one call. @default two minutes */
  readonly timeout?: Duration;
  /** @default 256 */
  readonly memoryMib?: number;
  /** Where the handler's function runs. The framework that calls it and answers CloudFormation is outside. @default in no network */
  readonly network?: {
    readonly vpc: IVpc;
    readonly vpcSubnets: SubnetSelection;
    readonly securityGroups: ISecurityGroup[];
  };
}

/** What answers a custom resource: a handler's function and the framework that calls it, with one log group that is kept for a month. */
export class HandlerProvider extends Construct {
  /** For `CustomResource`. */
  readonly serviceToken: string;

  constructor(scope: Construct, id: string, props: HandlerProviderProps) {
    super(scope, id);
    const { handler, statements = [], waits, network = {} } = props;
    const logGroup = functionLog(this);
    const handlerFunction = (name: string, entry: string) =>
      new LambdaFunction(this, name, {
        runtime: handlerRuntime,
        architecture: handlerArchitecture,
        code: handlerCode(handler),
        handler: entry,
        description: props.description,
        memorySize: props.memoryMib ?? 256,
        timeout: props.timeout ?? Duration.minutes(2),
        logGroup,
        initialPolicy: [...statements],
        ...network,
      });
    const onEventHandler = handlerFunction("Function", handlerFunctions.onEvent);
    this.serviceToken = new Provider(this, "Framework", {
      onEventHandler,
      logGroup,
      ...(waits === undefined
        ? {}
        : { isCompleteHandler: handlerFunction("IsComplete", handlerFunctions.isComplete), ...waits }),
    }).serviceToken;
    acknowledgeFramework(this);
  }
}
