import Connection from "kafkajs/src/network/connection.js";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

// What kafkajs 2.2.4 gets wrong about connections that end, mended in place. This file is imported for its effect alone.

/**
 * kafkajs takes a connection for connected while it is being closed, and it closes dead ones again. A request that came in between was written to
 * a socket without life: no answer, no error and no timeout ever came, and whoever waited for it waited for ever.
 */
const { isConnected } = Connection.prototype;
Connection.prototype.isConnected = function (this: Connection) {
  return isConnected.call(this) && this.socket?.destroyed === false;
};

/** kafkajs opens a socket for each request that finds its connection closed, and forgets all but the last: their ends then end the good one. */
const connecting = new WeakMap<Connection, Promise<unknown>>();
const { connect } = Connection.prototype;
Connection.prototype.connect = function (this: Connection) {
  const known = connecting.get(this);
  if (known !== undefined) return known;
  const opened = connect.call(this).finally(() => connecting.delete(this));
  connecting.set(this, opened);
  return opened;
};

/** kafkajs arms a timer in the past after every answer, for which Node 24 warns; it is needed only where requests are waiting. */
const { scheduleCheckPendingRequests } = RequestQueue.prototype;
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
};
