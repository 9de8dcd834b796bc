import { describe, expect, it } from "vitest";
import { wholeMapping, wholeRole } from "../../../domain/entitlements/role-definition.ts";
import { roleHoldersOf, setupConfig } from "../../../indexer/setup/config.ts";
import { rolePlan } from "../../../indexer/setup/role-plan.ts";
import { type RoleHolders, wantedRoles } from "../../../indexer/setup/roles.ts";
import type { FoundRoles } from "../../../runtime/opensearch/security.ts";

const unnamed: RoleHolders = { writers: null, keepers: null, readers: null };
const indexer = { users: ["indexer"], backend_roles: [] };

/** What a security plugin holds once all of it was put. */
function afterSetup(holders: RoleHolders): FoundRoles {
  const wanted = wantedRoles("market-", holders);
  return {
    roles: new Map(wanted.map(({ name, definition }) => [name, wholeRole(definition)])),
    mappings: new Map(
      wanted.flatMap((role) => (role.holders === null ? [] : [[role.name, wholeMapping(role.holders)]])),
    ),
  };
}
const planOf = (holders: RoleHolders, found: FoundRoles) => rolePlan(wantedRoles("market-", holders), found);
const nothing: FoundRoles = { roles: new Map(), mappings: new Map() };

describe("the roles of index setup", () => {
  it("the writer may not read, delete, or touch what is not the indexer's", () => {
    const [writer] = wantedRoles("market-", unnamed);
    const [permission, ...more] = writer?.definition.index_permissions ?? [];
    expect(more).toEqual([]);
    expect(permission?.index_patterns).toContain("market-quotes-*");
    expect(permission?.index_patterns).not.toContain("market-*");
    const actions = [...(permission?.allowed_actions ?? []), ...(writer?.definition.cluster_permissions ?? [])];
    expect(actions.filter((action) => /read|delete|^\*|all$|cluster:/.test(action))).toEqual([]);
  });

  it("roles and who has them are made, and once they are as wanted nothing is done", () => {
    const holders = { ...unnamed, writers: indexer };
    expect(planOf(holders, nothing).steps.map(({ change, subject }) => `${change} ${subject}`)).toEqual([
      "create role market-writer",
      "create holders of role market-writer",
      "create role market-keeper",
      "create role market-reader",
    ]);
    expect(planOf(holders, afterSetup(holders)).steps).toEqual([]);
  });

  it("who has a role is left alone where nobody was named, and told where that is nobody", () => {
    const { steps, notes } = planOf(unnamed, afterSetup({ ...unnamed, writers: indexer }));
    expect(steps).toEqual([]);
    expect(notes).toEqual(["Nobody has the role market-keeper.", "Nobody has the role market-reader."]);
  });

  it("somebody who was given a role by hand loses it where others are named, and everybody where it is nobody", () => {
    const found = afterSetup({ ...unnamed, writers: { users: ["indexer", "mallory"], backend_roles: [] } });
    expect(planOf({ ...unnamed, writers: indexer }, found).steps).toMatchObject([
      { change: "update", subject: "holders of role market-writer", requests: [{ method: "PUT", body: indexer }] },
    ]);
    expect(planOf({ ...unnamed, writers: { users: [], backend_roles: [] } }, found).steps).toMatchObject([
      {
        change: "update",
        requests: [{ method: "DELETE", path: "/_plugins/_security/api/rolesmapping/market-writer" }],
      },
    ]);
  });

  it("a limit that was put on a role, or taken off it, by hand is put right", () => {
    const found = afterSetup(unnamed);
    const reader = found.roles.get("market-reader");
    if (reader === undefined) throw new Error("no reader");
    const permissions = reader.index_permissions.map((each) => ({ ...each, dls: '{"match_none":{}}' }));
    const roles = new Map([...found.roles, ["market-reader", { ...reader, index_permissions: permissions }]]);
    expect(planOf(unnamed, { ...found, roles }).steps.map(({ subject }) => subject)).toEqual(["role market-reader"]);
  });

  it("names are users, and after role: backend roles; an empty text is nobody", () => {
    const holders = (text?: string) =>
      roleHoldersOf(
        setupConfig({ OPENSEARCH_URL: "https://search", ...(text === undefined ? {} : { OPENSEARCH_READERS: text }) }),
      ).readers;
    expect(holders("ann, role:desk,bob")).toEqual({ users: ["ann", "bob"], backend_roles: ["desk"] });
    expect(holders()).toBeNull();
  });
});
