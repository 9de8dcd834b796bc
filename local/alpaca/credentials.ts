import type { IncomingHttpHeaders } from "node:http";
import type { Credentials } from "./conversation.ts";

/** Key and secret from Alpaca's two headers or from Basic authorization; null where there are none. */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials | null {
  const key = headers["apca-api-key-id"];
  const secret = headers["apca-api-secret-key"];
  if (typeof key === "string" && typeof secret === "string") return { key, secret };
  const basic = /^Basic (.+)$/i.exec(headers.authorization ?? "")?.[1];
  if (basic === undefined) return null;
  const text = Buffer.from(basic, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return { key: text.slice(0, Math.max(0, colon)), secret: text.slice(colon + 1) };
}
