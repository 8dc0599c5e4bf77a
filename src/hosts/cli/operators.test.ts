import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { runSample, type Ended } from "./testing/spawn.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = makeWorkspace();
  for (const number of ["1", "2", "3"]) await run("update-gates", "--number", number, "--yes");
});
afterEach(() => workspace.dispose());
const run = (...args: string[]): Promise<Ended> => runSample(workspace.directory, args);
const file = (): string => join(workspace.directory, ".ohmymkt", "boulder.json");
const number = (): unknown => JSON.parse(readFileSync(file(), "utf8")).number;

describe("restore", () => {
  test("--list shows the revisions and changes nothing", async () => {
    const { code, out } = await run("restore", "boulder.json", "--list", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out).revisions.length).toBeGreaterThanOrEqual(2);
    expect(number()).toBe(3);
  });

  test.each([["boulder.json"], [".ohmymkt/boulder.json"], ["./.ohmymkt/boulder.json"], [""]])(
    "puts the last good revision of a torn file back (%j)",
    async (path) => {
      writeFileSync(file(), '{"schema_version": 1, "num');
      const { code, out } = await run("restore", path || file());
      expect({ code, number: number() }).toEqual({ code: 0, number: 3 });
      expect(out).toContain("Restored boulder.json to ");
    },
  );

  test("--hash takes the beginning of a hash", async () => {
    const { revisions } = JSON.parse((await run("restore", "boulder.json", "--list", "--json")).out);
    const oldest: string = revisions.at(-1).hash;
    expect((await run("restore", "boulder.json", "--hash", oldest.slice(0, 12))).code).toBe(0);
    expect(number()).toBe(1);
  });

  test.each([
    [["boulder.json", "--hash", "zz"], "not_found", "none begin with"],
    [["boulder.json", "--hash", ""], "ambiguous", "expected one revision"],
    [["state/other.json"], "not_found", "expected a governed file"],
    [["../secret.json"], "invalid", "../secret.json"],
  ])("%j is refused", async (args, code, message) => {
    const { code: exit, err } = await run("restore", ...args);
    expect(exit).toBeGreaterThan(0);
    expect(err).toStartWith(code);
    expect(err).toContain(message);
    expect(number()).toBe(3);
  });
});

describe("verify", () => {
  test("counts the rows of a whole ledger", async () => {
    const { code, out } = await run("verify", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      ledger: { ok: true, head: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  test("names the row that was changed", async () => {
    const database = new Database(join(workspace.directory, ".ohmymkt", "ohmymkt.db"));
    const tables = database
      .query<{ name: string; sql: string }, []>("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
      .all();
    for (const { name } of tables) database.run(`DROP TRIGGER ${name}`);
    database.run("UPDATE ledger SET subject = 'forged' WHERE seq = 2");
    database.close();
    const { code, err } = await run("verify");
    expect(code).toBe(1);
    expect(err).toStartWith("corrupt_document: the ledger is broken at row 2: ");
  });
});
