import { Duration, RemovalPolicy, Stack, Tags } from "aws-cdk-lib";
import {
  AutoScalingGroup,
  type CfnAutoScalingGroup,
  GroupMetrics,
  HealthChecks,
  ScalingProcess,
  Signals,
  UpdatePolicy,
} from "aws-cdk-lib/aws-autoscaling";
import {
  AmazonLinuxCpuType,
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  InstanceType,
  type IVpc,
  LaunchTemplate,
  MachineImage,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  UserData,
} from "aws-cdk-lib/aws-ec2";
import { type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { FetchedFile, StageArtefact } from "../../artefacts/stage-artefact.ts";
import { acknowledge, acknowledgeWildcards } from "../../guards/acknowledge.ts";
import { logRetention } from "../log-retention.ts";
import { stageTag } from "./machine.ts";
import { logStatement, sessionStatement } from "./machine-rights.ts";
import { RetainedVolume } from "./retained-volume.ts";
import type { UnitOutput } from "./systemd-unit.ts";
import { type Readiness, userDataLines } from "./user-data.ts";

/** What a stage's machines are made of. */
export interface StageHostProps {
  /** Tag and descriptions: `enricher`. */
  readonly stage: string;
  /** Of `bellwether`: `enrich`. */
  readonly command: string;
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** Whether machines have an address of their own, as they need in a public subnet. No inbound rule lets anybody use it. */
  readonly hasPublicAddress: boolean;
  /** Graviton. */
  readonly instanceType: string;
  readonly instances: { readonly min: number; readonly max: number };
  /** By documented names. No secret: a machine is given ids. */
  readonly environment: Readonly<Record<string, string>>;
  /** All that the stage may do in AWS, but for its log, its software and Session Manager. */
  readonly statements: readonly PolicyStatement[];
  readonly artefact: StageArtefact;
  /** Files beside the environment, by name. @default none */
  readonly settingsFiles?: Readonly<Record<string, FetchedFile>>;
  /** What a deployment waits for. @default "running" */
  readonly readiness?: Readiness;
  /** Where its standard output goes. @default "log" */
  readonly output?: UnitOutput;
  /** Holds what the stage keeps beyond a machine; then there is one machine at a time, in the first subnet's zone. @default none */
  readonly retainedVolume?: { readonly gib: number };
  readonly logDays: number;
  /** Encrypts the log. @default the service's own key */
  readonly logKey?: IKey;
  /** Metrics by the minute, which cost 2.10 dollars a month and machine. @default false */
  readonly detailedMonitoring?: boolean;
}

/**
 * A stage on an Auto Scaling group: machines that differ in nothing, none of which can be reached but by Session Manager. A machine that fails is
 * replaced; so is each, one after the other, when anything of them changes.
 *
 * CloudFormation knows that a new machine works because the machine says so (`user-data.ts`); where one says that it does not, or nothing within the
 * time, the update goes back.
 */
export class StageHost extends Construct {
  readonly role: Role;
  readonly securityGroup: SecurityGroup;
  readonly autoScalingGroup: AutoScalingGroup;
  readonly logGroup: LogGroup;
  /** In service there must be at least so many. */
  readonly machinesMin: number;
  /** Null where the stage keeps nothing. */
  readonly volume: RetainedVolume | null;

  constructor(scope: Construct, id: string, props: StageHostProps) {
    super(scope, id);
    const { stage, vpc, retainedVolume } = props;
    this.machinesMin = props.instances.min;
    this.logGroup = new LogGroup(this, "Log", {
      retention: logRetention(props.logDays),
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.logKey === undefined ? {} : { encryptionKey: props.logKey }),
    });
    this.role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("ec2.amazonaws.com"),
      description: `${Stack.of(this).stackName}: the ${stage}'s machines`,
    });
    this.securityGroup = outboundOnly(this, stage, vpc);
    const subnets = vpc.selectSubnets(props.subnets).subnets.slice(0, retainedVolume === undefined ? undefined : 1);
    this.volume =
      retainedVolume === undefined
        ? null
        : new RetainedVolume(this, "State", {
            stage,
            gib: retainedVolume.gib,
            zone: subnets[0]?.availabilityZone ?? "",
          });
    const rights = [
      ...props.statements,
      props.artefact.readStatement(),
      logStatement(this.logGroup),
      sessionStatement(),
    ];
    const attaching = this.volume?.attachStatements() ?? [];
    for (const statement of [...rights, ...attaching]) this.role.addToPolicy(statement);
    acknowledgeMachine(this, props.statements, attaching);
    const userData = UserData.forLinux();
    this.autoScalingGroup = new AutoScalingGroup(this, "Group", {
      vpc,
      vpcSubnets: { subnets },
      launchTemplate: this.#launchTemplate(props, userData),
      minCapacity: props.instances.min,
      maxCapacity: props.instances.max,
      healthChecks: HealthChecks.ec2({ gracePeriod: Duration.minutes(5) }),
      groupMetrics: [GroupMetrics.all()],
      signals: Signals.waitForMinCapacity({ timeout: signalTimeout }),
      updatePolicy: rollingUpdate(props.instances),
    });
    // The machines' names for what they are, and what the volume's right is bound to.
    Tags.of(this.autoScalingGroup).add(stageTag, stage);
    userData.addCommands(...this.#userDataLines(props));
    // A machine that starts before its rights are there would give up.
    this.autoScalingGroup.node.addDependency(this.role);
    // A machine starts after its network has a way out, and goes before it: no gateway is taken off while an address is in use.
    if (props.hasPublicAddress) {
      this.autoScalingGroup.node.addDependency(...subnets.map((subnet) => subnet.internetConnectivityEstablished));
    }
  }

  #launchTemplate(props: StageHostProps, userData: UserData): LaunchTemplate {
    return new LaunchTemplate(this, "Template", {
      machineImage: MachineImage.latestAmazonLinux2023({ cpuType: AmazonLinuxCpuType.ARM_64 }),
      instanceType: new InstanceType(props.instanceType),
      role: this.role,
      securityGroup: this.securityGroup,
      associatePublicIpAddress: props.hasPublicAddress,
      requireImdsv2: true,
      httpPutResponseHopLimit: 1,
      detailedMonitoring: props.detailedMonitoring ?? false,
      blockDevices: [{ deviceName: "/dev/xvda", volume: rootVolume() }],
      userData,
    });
  }

  #userDataLines({
    command,
    environment,
    artefact,
    settingsFiles,
    readiness,
    output,
  }: StageHostProps): readonly string[] {
    const { stackName, region } = Stack.of(this);
    return userDataLines({
      command,
      environment: { ...forCollectors, ...environment },
      software: artefact.files,
      settingsFiles: settingsFiles ?? {},
      logGroupName: this.logGroup.logGroupName,
      volumeId: this.volume?.volumeId ?? null,
      readiness: readiness ?? "running",
      output,
      signal: {
        stack: stackName,
        resource: Stack.of(this).getLogicalId(this.autoScalingGroup.node.defaultChild as CfnAutoScalingGroup),
        region,
      },
    });
  }
}

/** Lines that the agent can hand on, and figures among them by the minute: what alarms are made of. */
const forCollectors = { LOG_FORMAT: "json", LOG_METRICS_SECONDS: "60" };

/** The installation takes two to three minutes, and the wait for the stage's word ten at most. */
const signalTimeout = Duration.minutes(20);

/** One machine at a time, a new one before an old one goes; where there can be only one, the old one goes first. */
function rollingUpdate({ min, max }: StageHostProps["instances"]): UpdatePolicy {
  return UpdatePolicy.rollingUpdate({
    maxBatchSize: 1,
    minInstancesInService: Math.min(min, max - 1),
    waitOnResourceSignals: true,
    pauseTime: signalTimeout,
    // What scales or replaces of itself would be taken for the update's own machines.
    suspendProcesses: [
      ScalingProcess.HEALTH_CHECK,
      ScalingProcess.REPLACE_UNHEALTHY,
      ScalingProcess.AZ_REBALANCE,
      ScalingProcess.ALARM_NOTIFICATION,
      ScalingProcess.SCHEDULED_ACTIONS,
    ],
  });
}

function rootVolume(): BlockDeviceVolume {
  return BlockDeviceVolume.ebs(8, { encrypted: true, volumeType: EbsDeviceVolumeType.GP3, deleteOnTermination: true });
}

/** HTTPS to AWS, Alpaca and search; what else a stage reaches is added by who knows it. Names are asked of the VPC's own resolver, which no group bars. */
function outboundOnly(scope: Construct, stage: string, vpc: IVpc): SecurityGroup {
  const group = new SecurityGroup(scope, "SecurityGroup", {
    vpc,
    description: `Machines of the ${stage}: nothing comes in`,
    allowAllOutbound: false,
  });
  group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "AWS services, Alpaca, search");
  return group;
}

function acknowledgeMachine(
  host: StageHost,
  ofStage: readonly PolicyStatement[],
  attaching: readonly PolicyStatement[],
): void {
  acknowledgeWildcards(host, [sessionStatement()], "Session Manager's actions take no resource.");
  acknowledgeWildcards(
    host,
    ofStage,
    "A stage's groups and transactional ids begin with its name; what follows is made of partitions and products.",
  );
  acknowledgeWildcards(host, attaching, "A machine's id is known only when it is there; its tag says which they are.");
  acknowledge(
    host,
    "AwsSolutions-AS3",
    "A machine that is missing shows in an alarm on what its stage does; each start and end would be a mail that nobody can act on.",
  );
}
