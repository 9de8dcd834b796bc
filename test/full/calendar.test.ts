import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import { nyseTable } from "../../domain/calendar/nyse-table.ts";

const hasPython = spawnSync("python3", ["-c", "import venv, ensurepip"]).status === 0 || process.env["CI"] === "true";
const folder = mkdtempSync(join(tmpdir(), "bellwether-calendar-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasPython)("against exchange_calendars of PyPI (needs python3 with venv)", () => {
  it("C1: every session has the date, the open and the close that exchange_calendars knows", {
    timeout: 300_000,
  }, () => {
    const python = join(folder, "bin", "python");
    execFileSync("python3", ["-m", "venv", folder], { stdio: "inherit" });
    execFileSync(python, ["-m", "pip", "install", "--quiet", "exchange_calendars"], { stdio: "inherit" });
    const lines = execFileSync(python, ["scripts/make-calendar.py", "--sessions"], { encoding: "utf8" })
      .trim()
      .split("\n");

    expect(lines[0]?.split(" ")[0]).toBe(nyseTable.anchor);
    const ours = nyse.sessions.map((session) => `${session.date} ${session.openSeconds} ${session.closeSeconds}`);
    expect(ours).toEqual(lines.slice(1));
  });
});
