import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { PipelineError } from "../../domain/errors.ts";
import type { OpenSearchConnection } from "../../runtime/opensearch/types.ts";

/** The door to the HTTP interface of OpenSearch Dashboards. */
export interface DashboardsClient {
  readonly url: string;
  /** @throws PipelineError `openSearchUnreachable`, or `openSearchRejected` where the answer is no success */
  post(path: string, body: Buffer, contentType: string): Promise<unknown>;
}

const timeoutMs = 60_000;

/**
 * @param connection as of OpenSearch, but with the URL of OpenSearch Dashboards; it may have a path (`/_dashboards` on Amazon OpenSearch Service)
 */
export function createDashboardsClient(connection: OpenSearchConnection): DashboardsClient {
  const url = connection.url.replace(/\/+$/, "");
  return {
    url,
    async post(path, body, contentType) {
      const answer = await send(`${url}${path}`, connection, body, contentType).catch((cause: unknown) => {
        throw new PipelineError(
          "openSearchUnreachable",
          `OpenSearch Dashboards at ${url} cannot be reached: ${cause}.`,
          {
            remedy: "Check the URL of --dashboards, its path included, that it is running, and OPENSEARCH_TLS_CA.",
            retriable: true,
            cause,
          },
        );
      });
      if (answer.status >= 200 && answer.status < 300) return parse(answer.text, url);
      throw new PipelineError(
        "openSearchRejected",
        `OpenSearch Dashboards at ${url} answered ${answer.status} (${answer.text.slice(0, shownMax)}).`,
        { remedy: remedyFor(answer.status), retriable: answer.status === 429 || answer.status >= 500 },
      );
    },
  };
}

const shownMax = 300;

async function send(
  url: string,
  { basicAuth, ca }: OpenSearchConnection,
  body: Buffer,
  contentType: string,
): Promise<{ status: number; text: string }> {
  const options = {
    method: "POST",
    headers: {
      // Without it every write is refused, as one that another site may have made a browser send.
      "osd-xsrf": "true",
      // The tenant that everyone sees; ignored where there are none.
      securitytenant: "global",
      "content-type": contentType,
      "content-length": body.length,
    },
    timeout: timeoutMs,
    ...(basicAuth === null ? {} : { auth: `${basicAuth.username}:${basicAuth.password}` }),
    ...(ca === undefined ? {} : { ca }),
  };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = (url.startsWith("https:") ? httpsRequest : httpRequest)(url, options, resolve);
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    sent.end(body);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") };
}

function parse(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PipelineError("openSearchRejected", `What ${url} answered is not an answer of OpenSearch Dashboards.`, {
      remedy: "Check the URL of --dashboards: its path, and that no sign-in page stands in front of it.",
      cause,
    });
  }
}

function remedyFor(status: number): string {
  if (status === 401 || status === 403) {
    return "Check OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD (or OPENSEARCH_SECRET_ID), and that the user may write saved objects.";
  }
  if (status === 404) return "Check the URL of --dashboards, its path included.";
  return "Look at the log of OpenSearch Dashboards.";
}
