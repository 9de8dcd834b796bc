import { nyse } from "../domain/calendar/nyse.ts";

/** When the regular hours that hold a moment began (C1), milliseconds since the epoch; null outside of them. */
export function openSince(nowMs: number): number | null {
  const session = nyse.sessionAt(nowMs / 1000);
  const isOpen = session !== null && nowMs >= session.openSeconds * 1000 && nowMs < session.closeSeconds * 1000;
  return isOpen ? session.openSeconds * 1000 : null;
}
