import { expect, it } from "vitest";
import { cacheFolder } from "../../../local/install/cache-folder.ts";

it.each([
  ["linux", false, { HOME: "/home/a" }, "/home/a/.cache/bellwether"],
  ["linux", false, { HOME: "/home/a", XDG_CACHE_HOME: "/big" }, "/big/bellwether"],
  ["linux", false, { HOME: "/home/a", XDG_CACHE_HOME: "relative" }, "/home/a/.cache/bellwether"],
  ["darwin", false, { HOME: "/Users/a" }, "/Users/a/Library/Caches/bellwether"],
  ["linux", true, { HOME: "/root", XDG_CACHE_HOME: "/root/.cache" }, "/var/cache/bellwether"],
  ["linux", true, { HOME: "/root", BELLWETHER_CACHE: "/srv/cache" }, "/srv/cache"],
] as const)("the cache on %s (root: %s) with %j is %s", (platform, isRoot, environment, expected) => {
  expect(cacheFolder({ platform, isRoot, environment })).toBe(expected);
});
