import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { DesiredState } from "../../domain/entitlements/desired-state.ts";
import { identitiesInUse } from "../../domain/entitlements/difference.ts";
import type { InForce } from "../../domain/entitlements/in-force.ts";
import { type OpenSearchAttempt, openSearchAttempts } from "../../domain/entitlements/open-search-attempts.ts";
import { fieldsOfPattern } from "../../domain/entitlements/open-search-role.ts";
import { OpenSearchFault } from "../../runtime/opensearch/fault.ts";
import type { OpenSearch } from "../../runtime/opensearch/types.ts";
import { storedCredentials } from "../../runtime/secrets/secret-store.ts";
import type { CheckLine, CheckTarget } from "./check.ts";

/** Tries in OpenSearch, for every user, what it may and may not do; nothing where there is none. @throws OpenSearchFault where it is away */
export async function checkOpenSearch(
  desired: DesiredState,
  inForce: InForce,
  { openSearch, secrets }: CheckTarget,
): Promise<readonly CheckLine[]> {
  if (openSearch === undefined) return [];
  const indices = await indicesOf(openSearch.admin);
  const lines: CheckLine[] = [];
  for (const user of desired.users) {
    const role = desired.openSearchRoles.find(({ customer }) => customer === user.customer);
    if (role === undefined) continue;
    const nonce = randomUUID().slice(0, 8);
    const attempts = openSearchAttempts(role, { indices, fieldsOf: fieldsOfPattern, nonce });
    const { active, other, otherIsGood } = identitiesInUse(user, inForce);
    for (const { username, secret } of otherIsGood ? [active, other] : [active]) {
      const credentials = await storedCredentials(secrets, secret);
      if (credentials === null) continue;
      const client = openSearch.as(credentials);
      try {
        lines.push(...(await checkIdentity(username, attempts, client)));
      } finally {
        await client.close();
      }
    }
  }
  return lines;
}

/** The plugin's own are left out: nobody reads them but it. */
async function indicesOf(admin: OpenSearch): Promise<readonly string[]> {
  const query = { format: "json", h: "index", expand_wildcards: "open" };
  const answer = await admin.request({ method: "GET", path: "/_cat/indices", query });
  return z
    .array(z.object({ index: z.string() }))
    .parse(answer)
    .map(({ index }) => index);
}

async function checkIdentity(
  user: string,
  attempts: readonly OpenSearchAttempt[],
  client: OpenSearch,
): Promise<readonly CheckLine[]> {
  const lines: CheckLine[] = [];
  for (const [title, group] of Map.groupBy(attempts, (each) => each.title)) {
    const wrong: string[] = [];
    for (const each of group) wrong.push(...(await outcome(each, client)));
    const expected = group[0]?.expected === "allowed" ? "allowed" : "refused";
    lines.push({ user, title, expected, tried: group.length, wrong });
    // Who cannot sign in can try nothing else.
    if (group[0]?.expected === "allowed" && wrong.length > 0 && lines.length === 1) break;
  }
  return lines;
}

async function outcome({ text, request, expected }: OpenSearchAttempt, client: OpenSearch): Promise<readonly string[]> {
  const seen = await look(request, client);
  switch (expected) {
    case "allowed":
      return seen === "refused" ? [`cannot ${text}`] : [];
    case "refused":
      return seen === "refused" ? [] : [`can ${text}`];
    case "findsNothing":
      return seen === "refused" || seen === 0 ? [] : [`can ${text}${seen === "other" ? "" : ` (${seen} documents)`}`];
    default:
      return expected satisfies never;
  }
}

/** How many documents a search has found; `other` for any answer but a refusal. */
async function look(request: OpenSearchAttempt["request"], client: OpenSearch): Promise<"refused" | "other" | number> {
  try {
    const answer = searchAnswer.safeParse(await client.request(request)).data;
    if (answer === undefined) return "other";
    // Where the plugin is told to leave out what is forbidden, instead of refusing, nothing is looked at.
    return answer._shards.total === 0 ? "refused" : answer.hits.total.value;
  } catch (error) {
    if (!(error instanceof OpenSearchFault) || error.status === null || error.status >= 500) throw error;
    return error.status === 401 || error.status === 403 ? "refused" : "other";
  }
}

const searchAnswer = z.object({
  _shards: z.object({ total: z.number() }),
  hits: z.object({ total: z.object({ value: z.number() }) }),
});
