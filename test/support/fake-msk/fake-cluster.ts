/** An answer of the service that is not a success. */
export interface FakeFault {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly invalidParameter?: string;
}

interface FakeOperation {
  readonly type: string;
  state: "PENDING" | "UPDATE_IN_PROGRESS" | "UPDATE_COMPLETE" | "UPDATE_FAILED";
  error: { readonly code: string; readonly text: string } | null;
}

/** What a test says of a cluster. */
export interface FakeClusterOptions {
  readonly zoneIds?: readonly string[];
  readonly scramBrokers?: string;
  /** How many looks at the cluster an update takes until it is over: no test waits for a clock. */
  readonly looksPerUpdate?: number;
}

export const clusterArn =
  "arn:aws:kafka:us-east-1:111122223333:cluster/bellwether/11111111-2222-3333-4444-555555555555-6";

/**
 * One cluster of the control plane as MSK's documents describe it: an update is taken in the state ACTIVE only, with the newest version, and makes the
 * cluster UPDATING for a while. Every test that drives a handler through the real SDK has one of these on the other side.
 */
export class FakeCluster {
  state: "CREATING" | "ACTIVE" | "UPDATING" | "FAILED" | "DELETING" = "ACTIVE";
  stateInfo: { readonly code: string; readonly message: string } | null = null;
  version = 1;
  isScramConnected = false;
  /** The next update ends like this. */
  nextFailure: { readonly code: string; readonly text: string; readonly leaves: "ACTIVE" | "FAILED" } | null = null;
  /** Looks that still show the state before, as the service does for a moment. */
  looksBehind = 0;
  readonly operations = new Map<string, FakeOperation>();
  readonly zoneIds: readonly string[];
  readonly scramBrokers: string;
  readonly #looksPerUpdate: number;
  #active: { readonly arn: string; looksLeft: number; readonly done: () => void } | null = null;

  constructor(options: FakeClusterOptions = {}) {
    this.zoneIds = options.zoneIds ?? ["use1-az1", "use1-az2"];
    this.scramBrokers = options.scramBrokers ?? "b-1.scram.example:9096,b-2.scram.example:9096";
    this.#looksPerUpdate = options.looksPerUpdate ?? 2;
  }

  get currentVersion(): string {
    return `K${this.version}`;
  }

  /** Begins an update, whoever asked for it. @returns its ARN */
  begin(type: string, done: () => void = () => {}): string {
    const arn = `${clusterArn.replace(":cluster/", ":cluster-operation/")}/${type.toLowerCase()}-${this.operations.size + 1}`;
    this.operations.set(arn, { type, state: "PENDING", error: null });
    this.#active = { arn, looksLeft: this.#looksPerUpdate, done };
    return arn;
  }

  describe(): object {
    this.#look();
    const shownState = this.#active !== null && this.looksBehind === 0 ? "UPDATING" : this.state;
    if (this.looksBehind > 0) this.looksBehind--;
    return {
      clusterInfo: {
        clusterArn,
        clusterName: "bellwether",
        clusterType: "PROVISIONED",
        currentVersion: this.currentVersion,
        state: shownState,
        ...(this.stateInfo === null ? {} : { stateInfo: this.stateInfo }),
        ...(this.#active === null || shownState === "ACTIVE" ? {} : { activeOperationArn: this.#active.arn }),
        provisioned: {
          numberOfBrokerNodes: this.zoneIds.length,
          brokerNodeGroupInfo: {
            clientSubnets: this.zoneIds.map((_zone, at) => `subnet-provider${at}`),
            instanceType: "kafka.m7g.large",
            zoneIds: this.zoneIds,
            connectivityInfo: {
              publicAccess: { type: "DISABLED" },
              vpcConnectivity: {
                clientAuthentication: {
                  sasl: { scram: { enabled: this.isScramConnected }, iam: { enabled: false } },
                  tls: { enabled: false },
                },
              },
            },
          },
        },
      },
    };
  }

  describeOperation(arn: string): object | FakeFault {
    const operation = this.operations.get(arn);
    if (operation === undefined) return notFound("operation");
    const { type, state, error } = operation;
    return {
      clusterOperationInfo: {
        clusterArn,
        operationArn: arn,
        operationType: type,
        operationState: state,
        ...(error === null ? {} : { errorInfo: { errorCode: error.code, errorString: error.text } }),
      },
    };
  }

  updateConnectivity(body: Readonly<Record<string, unknown>>): object | FakeFault {
    if (this.state !== "ACTIVE" || this.#active !== null) return badRequest("The cluster is not in the ACTIVE state.");
    if (body["currentVersion"] !== this.currentVersion) {
      return badRequest("The version is not the cluster's current one.", "currentVersion");
    }
    const { vpcConnectivity, ...rest } = (body["connectivityInfo"] ?? {}) as Record<string, unknown>;
    if (Object.keys(rest).length > 0) return badRequest("One kind of connectivity at a time.", "connectivityInfo");
    const isWanted = JSON.stringify(vpcConnectivity).includes('"scram":{"enabled":true}');
    if (isWanted === this.isScramConnected) return badRequest("The request changes nothing.", "connectivityInfo");
    const arn = this.begin("UPDATE_CONNECTIVITY", () => {
      this.isScramConnected = isWanted;
    });
    return { clusterArn, clusterOperationArn: arn };
  }

  bootstrapBrokers(): object {
    const vpc = this.scramBrokers.replaceAll(".scram.", ".scram.vpce.").replaceAll(":9096", ":14001");
    return {
      bootstrapBrokerStringSaslIam: this.scramBrokers.replaceAll(":9096", ":9098"),
      bootstrapBrokerStringSaslScram: this.scramBrokers,
      ...(this.isScramConnected ? { bootstrapBrokerStringVpcConnectivitySaslScram: vpc } : {}),
    };
  }

  #look(): void {
    const active = this.#active;
    if (active === null || this.looksBehind > 0) return;
    const operation = this.operations.get(active.arn);
    if (operation === undefined) return;
    operation.state = "UPDATE_IN_PROGRESS";
    if (active.looksLeft-- > 0) return;
    this.#active = null;
    this.version++;
    const failure = this.nextFailure;
    this.nextFailure = null;
    if (failure === null) {
      operation.state = "UPDATE_COMPLETE";
      active.done();
      return;
    }
    operation.state = "UPDATE_FAILED";
    operation.error = failure;
    this.state = failure.leaves;
    if (failure.leaves === "FAILED") this.stateInfo = { code: failure.code, message: failure.text };
  }
}

export function badRequest(message: string, invalidParameter?: string): FakeFault {
  const fault = { status: 400, type: "BadRequestException", message };
  return invalidParameter === undefined ? fault : { ...fault, invalidParameter };
}

export function notFound(what: string): FakeFault {
  return { status: 404, type: "NotFoundException", message: `There is no such ${what}.` };
}
