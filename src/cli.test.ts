import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../package.json" with { type: "json" };
import { runProcess, type Ended } from "./hosts/cli/testing/spawn.ts";
import { parametersOf } from "./hosts/cli/parameters.ts";
import { POSITIONALS } from "./hosts/cli/positionals.ts";
import { commandName } from "./hosts/cli/tool-command.ts";
import { makeWorkspace, type Workspace } from "./testing/temp-workspace.ts";
import { TOOLS } from "./tools/ohmymkt/index.ts";

const CLI = join(import.meta.dir, "cli.ts");
const OPERATORS = ["approvals", "restore", "spend", "verify"];
let workspace: Workspace;
beforeAll(() => void (workspace = makeWorkspace()));
afterAll(() => workspace.dispose());
const run = (...args: string[]): Promise<Ended> => runProcess([process.execPath, CLI, ...args], workspace.directory);

test("every tool is a command with one line in the help", async () => {
  const { code, out } = await run("--help");
  expect(code).toBe(0);
  const listed = out.split("\n").flatMap((line) => /^ {2}([a-z][a-z-]*) {2,}\S/.exec(line)?.[1] ?? []);
  expect(listed.toSorted()).toEqual(
    [...new Set([...TOOLS.map(({ name }) => commandName(name)), ...OPERATORS])].toSorted(),
  );
});

test.each(
  TOOLS.filter(({ name }) => !OPERATORS.includes(commandName(name))).map(
    (tool) => [commandName(tool.name), tool] as const,
  ),
)("%s --help names each argument and writes nothing", async (name, tool) => {
  const { code, out, err } = await run(name, "--help");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  for (const { flag } of parametersOf(tool.args)) expect(out).toMatch(new RegExp(`^ {2}--${flag}(?: |$)`, "m"));
  expect(existsSync(join(workspace.directory, ".ohmymkt"))).toBe(false);
});

test("every positional belongs to an argument of its tool", () => {
  const unknown = TOOLS.filter((tool) => {
    const positional = POSITIONALS[commandName(tool.name)];
    return positional !== undefined && !(positional in tool.args);
  });
  expect(unknown.map(({ name }) => name)).toEqual([]);
});

test("--version is the package's", async () =>
  expect(await run("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" }));

test("a plan in Chinese and Arabic goes in and comes back; a torn document is refused and restored", async () => {
  const made = await run("plan-growth", "三十天需求增长 نمو الطلب", "--name", "计划", "--channels", "邮件", "--json");
  expect(made).toMatchObject({ code: 0, err: "" });
  const { plans } = JSON.parse((await run("list-plans", "--json")).out);
  expect(plans).toMatchObject([{ name: "计划", version: 1 }]);

  expect((await run("check-gates")).code).toBe(0);
  const gates = join(workspace.directory, ".ohmymkt", "state", "gates.json");
  mkdirSync(join(gates, ".."), { recursive: true });
  writeFileSync(gates, '{"schema_version": 1,');
  const torn = await run("check-gates", "--json");
  expect({ code: torn.code, error: JSON.parse(torn.out).error.code }).toEqual({ code: 1, error: "corrupt_document" });
  expect((await run("restore", "state/gates.json")).code).toBe(0);
  expect((await run("check-gates")).code).toBe(0);
  expect((await run("verify")).code).toBe(0);
});
