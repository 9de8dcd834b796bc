// Types of the lower layers of kafkajs 2.2.4 that this folder builds on: what is used, and nothing more.

declare module "kafkajs/src/cluster/index.js" {
  import type { Socket } from "node:net";
  import type { ConnectionOptions } from "node:tls";

  namespace Cluster {
    interface Options {
      logger: unknown;
      socketFactory: (target: SocketTarget) => Socket;
      brokers: readonly string[];
      ssl: ConnectionOptions | null;
      sasl: Sasl | null;
      clientId: string;
      connectionTimeout: number;
      authenticationTimeout: number;
      reauthenticationThreshold: number;
      requestTimeout: number;
      enforceRequestTimeout: boolean;
      metadataMaxAge: number;
      retry: { retries: number; initialRetryTime: number };
      allowAutoTopicCreation: boolean;
      maxInFlightRequests: number | null;
      isolationLevel: number;
    }

    interface SaslContext {
      saslAuthenticate: <Said>(exchange: SaslExchange<Said>) => Promise<Said>;
    }

    interface SaslExchange<Said> {
      request: { encode: () => Promise<Buffer> };
      response: { decode: (bytes: Buffer) => Promise<Said>; parse: (decoded: Said) => Promise<Said> };
    }

    interface Sasl {
      mechanism: string;
      authenticationProvider: (context: SaslContext) => { authenticate(): Promise<void> };
    }

    interface SocketTarget {
      host: string;
      port: number;
      ssl: ConnectionOptions | null;
      onConnect: () => void;
    }

    /** Bytes in the shape of kafkajs's Encoder. */
    interface Encoded {
      buf: Buffer;
      buffer: Buffer;
      size(): number;
    }

    interface Protocol<Response> {
      request: { apiKey: number; apiVersion: number; apiName: string; encode: () => Promise<Encoded> };
      response: { decode: (bytes: Buffer) => Promise<Response>; parse: (response: Response) => Promise<Response> };
      requestTimeout?: number;
      logResponseError?: boolean;
    }

    /** A right of one principal, in Kafka's numbers. */
    interface AclEntry {
      resourceType: number;
      resourceName: string;
      resourcePatternType: number;
      principal: string;
      host: string;
      operation: number;
      permissionType: number;
    }

    /** A request on its way: told of its answer's bytes. */
    interface QueuedRequest {
      readonly entry: {
        readonly apiKey: number;
        readonly apiName: string;
        readonly apiVersion: number;
        readonly correlationId: number;
        readonly resolve: (answer: { readonly payload: Buffer }) => void;
        readonly reject: (error: Error) => void;
      };
      readonly expectResponse: boolean;
      readonly requestTimeout: number | null;
      readonly sendRequest: () => void;
    }

    interface Connection {
      readonly clientId: string;
      readonly socket: Socket;
      /** When its broker was last heard of, Unix milliseconds. */
      heardMs?: number;
      readonly requestQueue: {
        push(request: QueuedRequest): void;
        maybeThrottle(throttleMs: number): void;
        rejectAll(error: Error): void;
      };
      isAuthenticated(): boolean;
      authenticate(): Promise<void>;
      failIfNotConnected(): void;
      nextCorrelationId(): number;
    }

    interface OffsetTopic<Partition> {
      topic: string;
      partitions: Partition[];
    }

    interface Broker {
      nodeId: number;
      isConnected(): boolean;
      disconnect(): Promise<void>;
      connectionPool: {
        host: string;
        port: number;
        pool: Connection[];
        getConnection(index: number): Promise<Connection>;
        send<Response>(protocol: Protocol<Response>): Promise<Response>;
      };
      initProducerId(options: { transactionTimeout: number }): Promise<{ producerId: string; producerEpoch: number }>;
      findGroupCoordinator(options: {
        groupId: string;
        coordinatorType: number;
      }): Promise<{ coordinator: { nodeId: number } }>;
      syncGroup(options: {
        groupId: string;
        generationId: number;
        memberId: string;
        groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[];
      }): Promise<{ memberAssignment: Buffer }>;
      heartbeat(options: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>;
      leaveGroup(options: { groupId: string; memberId: string }): Promise<unknown>;
      listOffsets(options: {
        replicaId: number;
        isolationLevel: number;
        topics: OffsetTopic<{ partition: number; timestamp: number }>[];
      }): Promise<{ responses: OffsetTopic<{ partition: number; offset: string }>[] }>;
      offsetFetch(options: {
        groupId: string;
        topics: OffsetTopic<{ partition: number }>[];
      }): Promise<{ responses: OffsetTopic<{ partition: number; offset: string }>[] }>;
      offsetCommit(options: {
        groupId: string;
        groupGenerationId: number;
        memberId: string;
        topics: OffsetTopic<{ partition: number; offset: string }>[];
      }): Promise<unknown>;
      createTopics(options: {
        topics: {
          topic: string;
          numPartitions: number;
          replicationFactor: number;
          replicaAssignment?: { partition: number; replicas: number[] }[];
          configEntries: { name: string; value: string }[];
        }[];
        timeout: number;
        validateOnly?: boolean;
      }): Promise<unknown>;
      describeAcls(filter: {
        readonly resourceType: number;
        readonly resourceName: string | null;
        readonly resourcePatternType: number;
        readonly principal: string | null;
        readonly host: string | null;
        readonly operation: number;
        readonly permissionType: number;
      }): Promise<{
        readonly resources: readonly {
          readonly resourceType: number;
          readonly resourceName: string;
          readonly resourcePatternType: number;
          readonly acls: readonly {
            readonly principal: string;
            readonly host: string;
            readonly operation: number;
            readonly permissionType: number;
          }[];
        }[];
      }>;
      createAcls(options: { acl: AclEntry[] }): Promise<unknown>;
      deleteAcls(options: { filters: AclEntry[] }): Promise<unknown>;
      metadata(topics: readonly string[]): Promise<{ topicMetadata: { topic: string }[] }>;
      describeConfigs(options: { resources: { type: number; name: string }[] }): Promise<{
        resources: {
          resourceName: string;
          configEntries: { configName: string; configValue: string | null; configSource: number }[];
        }[];
      }>;
      alterConfigs(options: {
        resources: { type: number; name: string; configEntries: { name: string; value: string }[] }[];
        validateOnly?: boolean;
      }): Promise<unknown>;
      deleteTopics(options: { topics: readonly string[]; timeout: number }): Promise<unknown>;
      describeGroups(options: {
        groupIds: readonly string[];
      }): Promise<{ groups: { members: { memberId: string }[] }[] }>;
      listGroups(): Promise<{ groups: { groupId: string }[] }>;
      deleteGroups(groups: readonly string[]): Promise<{ results: { groupId: string; errorCode: number }[] }>;
    }
  }

  class Cluster {
    constructor(options: Cluster.Options);
    brokerPool: {
      brokers: Record<string, Cluster.Broker>;
      seedBroker: Cluster.Broker | undefined;
      findConnectedBroker(): Promise<Cluster.Broker>;
    };
    /** All topics that it was ever asked about. */
    readonly targetTopics: Set<string>;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    refreshMetadata(): Promise<void>;
    refreshMetadataIfNecessary(): Promise<void>;
    addMultipleTargetTopics(topics: string[]): Promise<void>;
    findTopicPartitionMetadata(topic: string): {
      partitionId: number;
      leader: number;
      partitionErrorCode: number;
      /** The brokers that have all of it. */
      isr: number[];
    }[];
    removeBroker(options: { host: string; port: number }): void;
    findBroker(options: { nodeId: number }): Promise<Cluster.Broker>;
    findControllerBroker(): Promise<Cluster.Broker>;
    getNodeIds(): string[];
  }
  export = Cluster;
}

declare module "kafkajs/src/network/connection.js" {
  import type { Socket } from "node:net";

  /** One socket to one broker, and what waits on it. */
  class Connection {
    constructor(options: {
      host: string;
      port: number;
      logger: unknown;
      socketFactory: (target: { host: string; port: number; onConnect: () => void }) => Socket;
      requestTimeout: number;
      connectionTimeout: number;
    });
    readonly host: string;
    readonly port: number;
    readonly socket: Socket | undefined;
    readonly requestQueue: {
      rejectAll(error: Error): void;
      fulfillRequest(answer: { readonly correlationId: number; readonly payload: Buffer; readonly size: number }): void;
    };
    /** Set while it signs in. */
    readonly authHandlers: object | null | undefined;
    heardMs?: number;
    processData(chunk: Buffer): void;
    isConnected(): boolean;
    connect(): Promise<unknown>;
    disconnect(): Promise<unknown>;
    send(protocol: { readonly request: { readonly apiKey: number } }): Promise<unknown>;
  }
  export = Connection;
}

declare module "kafkajs/src/network/requestQueue/index.js" {
  class RequestQueue {
    constructor(options: {
      maxInFlightRequests: number | null;
      requestTimeout: number;
      enforceRequestTimeout: boolean;
    });
    pending: unknown[];
    scheduleCheckPendingRequests(): void;
    createSocketRequest(request: { readonly entry: { readonly apiKey: number } }): { requestTimeout: number };
  }
  export = RequestQueue;
}

declare module "kafkajs/src/broker/saslAuthenticator/scram512.js" {
  const scram512: (credentials: {
    readonly username: string;
    readonly password: string;
  }) => (context: { saslAuthenticate: (exchange: never) => Promise<unknown> }) => { authenticate(): Promise<void> };
  export = scram512;
}

declare module "kafkajs/src/loggers/index.js" {
  const loggers: {
    LEVELS: Readonly<Record<"NOTHING" | "ERROR" | "WARN" | "INFO" | "DEBUG", number>>;
    createLogger(options: {
      level: number;
      logCreator: () => (entry: { namespace: string; log: Record<string, unknown> }) => void;
    }): unknown;
  };
  export = loggers;
}

declare module "kafkajs/src/protocol/error.js" {
  const protocolErrors: { createErrorFromCode(code: number): Error & { type: string; retriable: boolean } };
  export = protocolErrors;
}
