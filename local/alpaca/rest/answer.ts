/** A REST answer before it is written: its body is JSON. */
export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A request that the endpoint refuses; caught in one place and answered as Alpaca does, `{"message"}`. */
export class RestRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "RestRefusal";
    this.status = status;
  }
}

/** An answer of status 200. */
export function ok(body: unknown): RestAnswer {
  return { status: 200, body };
}
