import { createServer } from "node:net";
import { PipelineError } from "../../domain/errors.ts";

/**
 * A port of 127.0.0.1 that was free a moment ago; another program may take it before the server does.
 * @param except ports that were given out and are not taken yet: they would seem free again
 */
export async function freePort(except: readonly number[] = []): Promise<number> {
  for (;;) {
    const port = await listenOnce(0);
    if (!except.includes(port)) return port;
  }
}

/** Whether a server may listen on this port of 127.0.0.1 now. */
export async function isFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch {
    return false;
  }
}

/** @throws PipelineError `portInUse`, naming the port */
export async function requireFree(port: number, server: string): Promise<void> {
  if (await isFree(port)) return;
  throw new PipelineError("portInUse", `Port ${port} of 127.0.0.1, asked for ${server}, is in use or not allowed.`, {
    remedy: `Stop what uses it (lsof -i :${port} shows it), or choose another port.`,
  });
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : port));
    });
  });
}
