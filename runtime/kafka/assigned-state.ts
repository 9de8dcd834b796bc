import type { FetchedPartition } from "./fetch-request.ts";

/** Where a reader stands in one partition that it was assigned. */
export class AssignedState {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to deal with: all before it were handed over and handled, are markers, or are no longer kept. */
  position: number;
  /** The next offset to fetch: past what waits in `fetched`. */
  fetchOffset: number;
  /** How often `position` was set anew, for what was to be read is no longer kept. */
  restarts = 0;
  /** One fetch ahead, so that the network and the handler work at once. */
  fetched: FetchedPartition | null = null;
  isBusy = false;

  constructor(topic: string, partition: number, offset: number) {
    this.topic = topic;
    this.partition = partition;
    this.position = offset;
    this.fetchOffset = offset;
  }
}
