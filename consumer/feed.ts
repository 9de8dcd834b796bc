import { PipelineError } from "../domain/errors.ts";
import { describeCluster } from "../runtime/kafka/cluster-description.ts";
import { refusePlainSignIn } from "../runtime/kafka/connection.ts";
import { createKafka } from "../runtime/kafka/kafka.ts";
import type { Log } from "../runtime/log/log.ts";
import { connectionFromEnvironment, type FeedConnection } from "./connection.ts";
import { customerFault } from "./customer-fault.ts";
import { type FeedRecord, parsedValue } from "./feed-record.ts";
import { type FeedStream, LazyStream, type OpenStream } from "./feed-stream.ts";
import { groupName } from "./group-name.ts";
import { RecordSource } from "./record-source.ts";
import type { Selection, StreamOptions } from "./stream-options.ts";
import { StreamWatch } from "./stream-watch.ts";
import { topicsFor } from "./topics.ts";
import { Trouble } from "./trouble.ts";
import { valueReader } from "./value-reader.ts";
import type { Column, MinuteBar, PublishedKind, RecordKind, Values, ValueWith } from "./values.ts";

export interface FeedOptions {
  /** Default: what the environment says (`connectionFromEnvironment`). */
  readonly connection?: FeedConnection;
  /** What the provider's own topics begin with. Default: `market.`. */
  readonly topicPrefix?: string;
  /** Default: silent. */
  readonly log?: Log;
}

/** Options of a stream of one kind. */
export interface ValueOptions<Columns> extends StreamOptions {
  /** Columns that the program cannot do without: their types are certain then, and a product that leaves one out is refused (`missingColumn`). */
  readonly columns?: readonly Columns[];
}

/** Options of a stream of whole records. */
export interface RecordOptions<Kind extends RecordKind> extends StreamOptions {
  /** Default: every kind, those too that are not known yet (`unknown`). */
  readonly kinds?: readonly Kind[];
}

type ValueStream<Kind extends PublishedKind, Columns extends Column<Kind>> = FeedStream<ValueWith<Kind, Columns>, Kind>;

/** The feed of one user. Each stream is a reader of its own, connected when it is first read. */
export interface Feed {
  quotes<C extends Column<"quote"> = never>(options?: ValueOptions<C>): ValueStream<"quote", C>;
  trades<C extends Column<"trade"> = never>(options?: ValueOptions<C>): ValueStream<"trade", C>;
  candles<C extends Column<"candle"> = never>(options?: ValueOptions<C>): ValueStream<"candle", C>;
  alerts<C extends Column<"alert"> = never>(options?: ValueOptions<C>): ValueStream<"alert", C>;
  /** The vendor's bars. */
  bars<C extends Column<"bar"> = never>(options?: ValueOptions<C>): ValueStream<"bar", C>;
  /** The bars of a product of the shape `bar`. */
  minuteBars(options?: StreamOptions): FeedStream<MinuteBar, "minuteBar">;
  /** Holes in the feed, each once. */
  gaps(options?: StreamOptions): FeedStream<Values["gap"], "gap">;
  /** Whole records of several kinds, with where they stand and what they were made from. */
  records<Kind extends RecordKind = RecordKind>(options?: RecordOptions<Kind>): FeedStream<FeedRecord<Kind>, Kind>;
  /** The topics that this user's rights show. */
  topics(): Promise<readonly string[]>;
  /** Closes every stream. */
  close(): Promise<void>;
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Opens a feed. The connection is looked at when the first stream is read.
 * @throws PipelineError `badConfiguration` where credentials are given without TLS; also, and `secretUnavailable`, where the connection is the environment's
 */
export async function openFeed(options: FeedOptions = {}): Promise<Feed> {
  const connection = options.connection ?? (await connectionFromEnvironment());
  refusePlainSignIn(connection);
  return new KafkaFeed(connection, options);
}

class KafkaFeed implements Feed {
  readonly #connection: FeedConnection & { readonly clientId: string };
  readonly #options: FeedOptions;
  readonly #log: Log;
  readonly #streams = new Set<{ close(): Promise<void> }>();

  constructor(connection: FeedConnection, options: FeedOptions) {
    this.#connection = { clientId: "bellwether-consumer", ...connection };
    this.#options = options;
    this.#log = options.log ?? silent;
  }

  quotes<C extends Column<"quote"> = never>(options: ValueOptions<C> = {}) {
    return this.#values("quote", options);
  }

  trades<C extends Column<"trade"> = never>(options: ValueOptions<C> = {}) {
    return this.#values("trade", options);
  }

  candles<C extends Column<"candle"> = never>(options: ValueOptions<C> = {}) {
    return this.#values("candle", options);
  }

  alerts<C extends Column<"alert"> = never>(options: ValueOptions<C> = {}) {
    return this.#values("alert", options);
  }

  bars<C extends Column<"bar"> = never>(options: ValueOptions<C> = {}) {
    return this.#values("bar", options);
  }

  minuteBars(options: StreamOptions = {}): FeedStream<MinuteBar, "minuteBar"> {
    return this.#stream(options, ["minuteBar"], (record) => parsedValue(record) as MinuteBar);
  }

  gaps(options: StreamOptions = {}): FeedStream<Values["gap"], "gap"> {
    return this.#stream(options, ["gap"], (record) => parsedValue(record) as Values["gap"]);
  }

  records<Kind extends RecordKind = RecordKind>(options: RecordOptions<Kind> = {}): FeedStream<FeedRecord<Kind>, Kind> {
    return this.#stream(options, options.kinds ?? null, (record) => record as FeedRecord<Kind>, true);
  }

  async topics(): Promise<readonly string[]> {
    try {
      return (await describeCluster(this.#connection, this.#log)).topics;
    } catch (error) {
      throw error instanceof PipelineError ? customerFault(error, this.#connection.sasl?.username) : error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#streams].map((stream) => stream.close()));
  }

  #values<Kind extends PublishedKind, C extends Column<Kind>>(kind: Kind, options: ValueOptions<C>) {
    const { columns = [] } = options;
    const read = valueReader(columns as readonly string[]);
    return this.#stream(options, [kind], (record) => read(record) as ValueWith<Kind, C>);
  }

  #stream<Item, Kind extends RecordKind>(
    options: StreamOptions,
    kinds: readonly Kind[] | null,
    itemOf: (record: FeedRecord) => Item,
    itemsAreRecords = false,
  ): FeedStream<Item, Kind> {
    const { symbols } = options;
    const selection: Selection = {
      kinds: kinds === null ? null : new Set(kinds),
      symbols: symbols === undefined || symbols.length === 0 ? null : new Set(symbols),
    };
    const onClosed = () => void this.#streams.delete(stream);
    const stream = new LazyStream<Item, Kind>(() => this.#open(selection, options), {
      itemOf,
      itemsAreRecords,
      onClosed,
    });
    this.#streams.add(stream);
    return stream;
  }

  async #open(selection: Selection, stream: StreamOptions): Promise<OpenStream> {
    const { topicPrefix = "market." } = this.#options;
    const { username } = this.#connection.sasl ?? {};
    const topics = stream.topics ?? topicsFor(selection.kinds, await this.topics(), topicPrefix);
    const trouble = new Trouble(stream.onNotice, username);
    const kafka = createKafka({ ...this.#connection, onTrouble: (error) => trouble.note(error) }, this.#log);
    const groupId = groupName(stream.group, username);
    const source = new RecordSource({ kafka, topics, groupId, username, selection, stream });
    await source.open();
    return { source, watch: new StreamWatch(kafka, topics, source, stream, Date.now) };
  }
}
