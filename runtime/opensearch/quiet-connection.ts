import { Connection } from "@opensearch-project/opensearch";

/**
 * The library's connection, but for what it does with an error that comes after an answer has begun (a socket that is reset): it prints it to the output, where
 * programs read a command's result. Whoever waits for the rest of the answer is told all the same.
 */
export class QuietConnection extends Connection {
  override request(...[params, callback]: Parameters<Connection["request"]>): ReturnType<Connection["request"]> {
    const request = super.request(params, (error, response) => {
      if (error === null) request.removeAllListeners("error").on("error", () => {});
      callback(error, response);
    });
    return request;
  }
}
