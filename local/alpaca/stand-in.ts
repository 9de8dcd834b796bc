import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { PipelineError } from "../../domain/errors.ts";
import { Broadcast } from "./broadcast.ts";
import type { Feed } from "./feed.ts";
import { restHandler } from "./rest/router.ts";
import type { StandIn, StandInOptions } from "./stand-in-options.ts";
import { StreamServer } from "./stream-server.ts";

const host = "127.0.0.1";

/**
 * Starts a stand-in for Alpaca on a loopback port: its stock streams, which all play the one feed (`/v2/test` its own), and its REST.
 * @throws PipelineError `portInUse`
 */
export async function startAlpacaStandIn(options: StandInOptions): Promise<StandIn> {
  const { feed, log, now } = options;
  let sent = 0;
  let ended = false;
  const streams = new StreamServer(options, (feedName) => (feedName === "test" ? test : main)?.changed());
  const broadcastOf = (source: Feed, isTest: boolean) =>
    new Broadcast({
      feed: source,
      speed: options.speed,
      now,
      connections: () => streams.connections(isTest),
      onSlow: (connection) => {
        if (options.dropSlowClients !== true || options.speed === "max") return false;
        connection.fail(407);
        return true;
      },
      onSent: (messages) => {
        sent += messages;
      },
    });
  const main = broadcastOf(feed, false);
  const test = options.testFeed === undefined ? null : broadcastOf(options.testFeed, true);

  const server = createServer(
    restHandler({
      feed,
      keyId: options.keyId,
      secretKey: options.secretKey,
      requestsPerMinuteMax: options.requestsPerMinuteMax ?? 10_000,
      now,
    }),
  );
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    streams.upgrade(request, socket, head),
  );
  const port = await listen(server, options.port ?? 0);

  const logged = (error: unknown) => log.error(error instanceof Error ? error.message : String(error));
  const finished = main.run().then((isThrough) => {
    ended = isThrough;
    if (isThrough) log.info("the feed is through", { sent });
  });
  finished.catch(logged);
  test?.run().catch(logged);

  const streamUrlOf = (name: string) =>
    `ws://${host}:${port}/${name === "boats" || name === "overnight" ? "v1beta1" : "v2"}/${name}`;
  return {
    port,
    streamUrl: streamUrlOf(feed.name),
    dataUrl: `http://${host}:${port}`,
    tradingUrl: `http://${host}:${port}`,
    streamUrlOf,
    stats: () => ({ connections: streams.connections().length, sent, ended }),
    finished,
    faults: {
      dropConnections() {
        for (const connection of streams.connections()) connection.drop();
      },
      mute() {
        for (const connection of streams.connections()) connection.mute();
      },
      error(code) {
        for (const connection of streams.connections()) connection.fail(code);
      },
    },
    async close() {
      main.stop();
      test?.stop();
      streams.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  }).catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new PipelineError("portInUse", `The Alpaca stand-in cannot listen on ${host}:${port} (${code}).`, {
      remedy: "Stop what uses the port, or leave the port out to take a free one.",
      cause: error,
    });
  });
  return (server.address() as AddressInfo).port;
}
