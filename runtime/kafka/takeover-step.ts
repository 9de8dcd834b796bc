import type { TransactionHolder } from "./transaction-requests.ts";

/** What a transactional id's coordinator knows of it (DescribeTransactions). */
export interface DescribedTransaction extends TransactionHolder {
  /** Kafka's name of the state; a transaction that has ended stays in `CompleteCommit` or `CompleteAbort` until the id is initialised or used again. */
  readonly state: string;
  /** What the holder asked for when it initialised, milliseconds. */
  readonly timeoutMs: number;
}

/** What to do next, to take over an id with all that may be left of its last transaction. After each step but `begin` and `endAgain` the id is looked at again. */
export type TakeoverStep =
  /** Nobody has had the id. */
  | { readonly type: "begin" }
  /** Markers are being written. */
  | { readonly type: "wait" }
  /** A transaction is open: to initialise fences its holder and aborts it. */
  | { readonly type: "fence" }
  /** A second end of a commit is open; whoever began it, that is how it ends. */
  | { readonly type: "finish"; readonly holder: TransactionHolder }
  /** The last transaction was decided, under `found`: its end is written again to every partition that it may have touched. */
  | { readonly type: "endAgain"; readonly commits: boolean; readonly found: TransactionHolder };

/**
 * Decides from the state of the id. To initialise makes a coordinator forget how the last transaction was decided; where that was a commit, the second end
 * is made under a timeout that says so (`markedTimeoutMs`). An id that was initialised without it has nothing before it that was committed and not seen to its end;
 * nor has one whose mark is of another epoch: who wrote that had looked before others took the id over and saw to that commit.
 * @param known null where the coordinator knows no such id
 */
export function takeoverStep(known: DescribedTransaction | null): TakeoverStep {
  if (known === null) return { type: "begin" };
  const isMarked = known.timeoutMs === markedTimeoutMs(known.producerEpoch - 1);
  switch (known.state) {
    case "Empty":
      return { type: "endAgain", commits: isMarked, found: known };
    case "CompleteCommit":
      return { type: "endAgain", commits: true, found: known };
    case "CompleteAbort":
      return { type: "endAgain", commits: false, found: known };
    case "Ongoing":
      return isMarked ? { type: "finish", holder: known } : { type: "fence" };
    default:
      return { type: "wait" };
  }
}

/** Whether nobody else has taken the id since it was found so. */
export function follows(found: TransactionHolder, holder: TransactionHolder): boolean {
  return holder.producerId === found.producerId && holder.producerEpoch === found.producerEpoch + 1;
}

const longestMs = 899_999;
const marks = 1000;

/** The timeout of an ordinary holder. */
export function plainTimeoutMs(timeoutMs: number): number {
  const isMark = timeoutMs > longestMs - marks && timeoutMs <= longestMs;
  return isMark ? longestMs - marks : timeoutMs;
}

/**
 * The timeout of a holder that writes the end of a commit again, milliseconds: Kafka keeps it with the id, and tells it to whoever asks. It says under which
 * epoch the commit was found, which is one before the holder's, for to initialise cannot be made to depend on that. Nearly the longest that
 * brokers allow by default (`transaction.max.timeout.ms`), so that none of them gives such an end up by itself, which would abort it.
 */
export function markedTimeoutMs(epoch: number): number {
  return longestMs - ((epoch + marks) % marks);
}
