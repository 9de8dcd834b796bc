import { createConnection, createServer, type Server, type Socket } from "node:net";
import type { RunningKafka } from "../../../local/kafka/start-kafka.ts";

/** As a machine that loses its power: nothing is told to anyone. */
export async function killed(broker: RunningKafka): Promise<void> {
  process.kill(broker.pid, "SIGKILL");
  await broker.exited;
  await broker.stop();
}

/** A way to a broker whose connections can all be cut; `cut` returns how many there were. */
export async function breakingProxy(to: number) {
  const sockets = new Set<Socket>();
  let isDown = false;
  const proxy: Server = createServer((near) => {
    if (isDown) return void near.destroy();
    const far = createConnection({ host: "127.0.0.1", port: to });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  const cut = () => {
    const open = sockets.size;
    for (const socket of sockets) socket.destroy();
    return open;
  };
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    cut,
    /** Lets nobody through until `start`. */
    stop: () => {
      isDown = true;
      cut();
    },
    start: () => {
      isDown = false;
    },
    close: () => proxy.close(),
  };
}
