import type { ClusterAdmin } from "./cluster-admin.ts";

/** A user, and the secret that holds its password. */
export interface ScramUser {
  readonly username: string;
  readonly secret: string;
}

/**
 * Who may sign in with SCRAM-SHA-512. Kafka itself keeps salted passwords; MSK is told which secrets to take users from
 * (BatchAssociateScramSecret), so that there the password is not needed.
 */
export interface ScramUsers {
  /** Names of all users, the stages' and the administrator's too. */
  list(): Promise<readonly string[]>;
  put(user: ScramUser, password: string): Promise<void>;
  remove(user: ScramUser): Promise<void>;
  /** How long it can take until a user that was put can sign in, milliseconds. */
  readonly takesMsMax: number;
}

/** The users of a Kafka cluster that keeps them itself. */
export function kafkaScramUsers(admin: ClusterAdmin): ScramUsers {
  return {
    list: () => admin.scramUsers(),
    put: ({ username }, password) => admin.putScramUser(username, password),
    remove: ({ username }) => admin.removeScramUser(username),
    takesMsMax: 15_000,
  };
}
