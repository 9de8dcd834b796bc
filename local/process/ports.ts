import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { PipelineError } from "../../domain/errors.ts";

/** From here on systems give ports to outgoing connections: Linux from 32768, others from 49152 (RFC 6335, section 6). */
const ephemeralPortMin = 32_768;
const portMin = 16_384;
const attemptsMax = 1000;

/**
 * A port of 127.0.0.1 that was free a moment ago. It stays so where no other server asks for it: by what systems are set to, none is given
 * that an outgoing connection could get, so a server also finds its port again after a restart.
 * @param except ports that were given out and are not taken yet: they would seem free again
 * @throws PipelineError `portInUse` where nothing may listen there at all
 */
export async function freePort(except: readonly number[] = []): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = randomInt(portMin, ephemeralPortMin);
    if (!except.includes(port) && (await isFree(port))) return port;
  }
  throw new PipelineError(
    "portInUse",
    `No free port was found on 127.0.0.1 between ${portMin} and ${ephemeralPortMin}.`,
    {
      remedy: "Stop servers that use them, or allow this user to listen there.",
    },
  );
}

/** Whether a server may listen on this port of 127.0.0.1 now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(false);
      else reject(error);
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @throws PipelineError `portInUse`, naming the port */
export async function requireFree(port: number, server: string): Promise<void> {
  if (await isFree(port)) return;
  throw new PipelineError("portInUse", `Port ${port} of 127.0.0.1, asked for ${server}, is in use or not allowed.`, {
    remedy: `Stop what uses it (lsof -i :${port} shows it), or choose another port.`,
  });
}
