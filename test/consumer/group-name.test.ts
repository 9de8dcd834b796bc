import { expect, it } from "vitest";
import { groupName } from "../../consumer/group-name.ts";

it("a group begins with the user's name, once, and is the same for both identities of a rotation", () => {
  expect(groupName("dashboard", "acme")).toBe("acme-dashboard");
  expect(groupName("acme-dashboard", "acme")).toBe("acme-dashboard");
  expect(groupName("dashboard", "acme-2")).toBe("acme-dashboard");
  expect(groupName("dashboard", "Somebody-else")).toBe("Somebody-else-dashboard");
  expect(groupName("dashboard", undefined)).toBe("dashboard");
});

it("without a name it is one that nobody else has", () => {
  const names = [groupName(undefined, "acme"), groupName(undefined, "acme")];
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/^acme-[0-9a-f-]{36}$/);
  expect(groupName(undefined, undefined)).toMatch(/^bellwether-/);
});
