import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { runOnTerminal, runSample } from "./testing/spawn.ts";

let workspace: Workspace;
beforeEach(() => void (workspace = makeWorkspace()));
afterEach(() => workspace.dispose());
const run = (...args: string[]): ReturnType<typeof runSample> => runSample(workspace.directory, args);
const hasState = (): boolean => existsSync(join(workspace.directory, ".ohmymkt"));

describe("help", () => {
  test.each([[[]], [["--help"]], [["help"]]])("%j lists every command once, and the exit codes", async (args) => {
    const { code, out, err } = await run(...args);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const name of ["plan-growth", "update-gates", "check-gates", "approvals", "restore", "verify"]) {
      expect(out.split("\n").filter((line) => line.startsWith(`  ${name} `))).toHaveLength(1);
    }
    expect(out).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}130 /);
    expect(out.includes("\u001B")).toBe(false);
    expect(hasState()).toBe(false);
  });

  test.each([[["plan-growth", "--help"]], [["help", "plan-growth"]], [["help", "ohmymkt_plan_growth"]]])(
    "%j shows the options of the tool",
    async (args) => {
      const { code, out } = await run(...args);
      expect(code).toBe(0);
      expect(out).toStartWith("Usage: ohmymkt plan-growth <goal> [options]");
      for (const part of [
        "--mode <planned|ultrawork>",
        "how strict",
        "--value <true|false|number>",
        "--weeks-left <integer>",
        "{amount, currency?}",
        "--json",
        "--yes",
        "--directory <dir>",
      ]) {
        expect(out).toContain(part);
      }
      expect(hasState()).toBe(false);
    },
  );

  test("says that a command may ask a person", async () => {
    expect((await run("update-gates", "--help")).out).toContain("--yes answers for you");
    expect((await run("plan-growth", "--help")).out).not.toContain("--yes answers for you");
  });

  test("--version", async () => expect(await run("--version")).toEqual({ code: 0, out: "9.9.9\n", err: "" }));
});

describe("arguments", () => {
  test("reach the tool with their types", async () => {
    writeFileSync(join(workspace.directory, "risks.json"), '[{"title": "r", "level": "low"}]');
    const simple = ["--mode", "ultrawork", "--value", "0.85", "--weeks-left", "8", "--no-dry-run"];
    const composed = [
      "--channels",
      "搜索",
      "--channels",
      "--json",
      "--budget",
      '{"amount": 5}',
      "--risks",
      "@risks.json",
    ];
    const { code, out } = await run("plan-growth", "زيادة الطلب 三十天", ...simple, ...composed, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      goal: "زيادة الطلب 三十天",
      mode: "ultrawork",
      value: 0.85,
      weeks_left: 8,
      dry_run: false,
      channels: ["搜索", "--json"],
      budget: { amount: 5 },
      risks: [{ title: "r", level: "low" }],
    });
  });

  test("common options may stand before the command, and a positional may be an option", async () => {
    const { out } = await run("--json", "plan-growth", "--goal", "g", "--dry-run");
    expect(JSON.parse(out)).toEqual({ goal: "g", mode: "planned", dry_run: true });
  });

  test("text is printed as it is", async () => expect((await run("ohmymkt_plan_growth", "g")).out).toBe("goal: g\n"));

  const wrong: [string[], RegExp][] = [
    [["plan-growht", "g"], /unknown command 'plan-growht'\nNext: Did you mean plan-growth\?/],
    [["plan-growht", "--help"], /unknown command 'plan-growht'\nNext: Did you mean plan-growth\?/],
    [["help", "nothing"], /unknown command 'nothing'/],
    [["plan-growth", "g", "--chanels", "x"], /unknown option '--chanels'\nNext: Did you mean --channels\?/],
    [["plan-growth"], /missing <goal>\nNext: ohmymkt plan-growth --help/],
    [["check-gates"], /missing --how \(refused, defect, wait\)/],
    [["plan-growth", "a", "b"], /too many arguments/],
    [["plan-growth", "a", "--goal", "b"], /goal was given twice/],
    [["plan-growth", "a", "--mode"], /'--mode <planned\|ultrawork>' argument missing/],
    [["plan-growth", "a", "--mode", "wild"], /ohmymkt_plan_growth: .*expected one of/],
    [["plan-growth", "a", "--budget", "{broken"], /--budget: the value is not JSON/],
    [["plan-growth", "a", "--directory", "missing"], /--directory: expected a folder/],
    [["approvals", "everything"], /Allowed choices are list, ask/],
    [["approvals", "--reason", "x"], /--reason goes with --reject/],
    [["restore"], /missing required argument 'path'/],
  ];
  test.each(wrong)("%j is a usage error", async (args, message) => {
    const { code, out, err } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
    expect(err).toStartWith("invalid_arguments: ");
    expect(hasState()).toBe(false);
  });
});

describe("errors", () => {
  const Failure = z.strictObject({
    error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }),
  });
  test.each([
    [["check-gates", "--how", "refused"], 1, "not_found"],
    [["check-gates", "--how", "defect"], 1, "internal"],
    [["check-gates", "--how", "nothing"], 2, "invalid_arguments"],
    [["plan-growth", "g", "--wrong"], 2, "invalid_arguments"],
    [["nothing"], 2, "invalid_arguments"],
    [["verify"], 1, "not_found"],
  ])("%j --json prints one object", async (args, code, error) => {
    const ended = await run(...args, "--json");
    expect({ code: ended.code, err: ended.err }).toEqual({ code, err: "" });
    expect(Failure.parse(JSON.parse(ended.out)).error.code).toBe(error);
  });

  test("without --json they go to stderr, with the next step", async () => {
    expect(await run("check-gates", "--how", "refused")).toEqual({
      code: 1,
      out: "",
      err: "not_found: expected a plan, found none\nNext: make one\n",
    });
  });

  test("Ctrl-C reaches the tool and ends with 130", async () => {
    expect(
      await runOnTerminal(workspace.directory, ["check-gates", "--how", "wait"], [["waiting", "\u0003"]]),
    ).toMatchObject({ code: 130 });
  });
});

describe("the project", () => {
  test("is the nearest folder above that has state", async () => {
    await run("update-gates", "--number", "1", "--yes");
    const below = join(workspace.directory, "a", "b");
    mkdirSync(below, { recursive: true });
    expect((await runSample(below, ["verify"])).out).toMatch(/The ledger is whole: \d+ rows/);
    expect(existsSync(join(below, ".ohmymkt"))).toBe(false);
    expect((await runSample(below, ["verify", "--directory", "."])).code).toBe(1);
  });

  test("a config that does not fit is an error, not a default", async () => {
    mkdirSync(join(workspace.directory, ".ohmymkt"));
    writeFileSync(join(workspace.directory, ".ohmymkt", "config.json"), '{"schema_version": 1, "timezone": 5}');
    const { code, err } = await run("plan-growth", "g");
    expect(code).toBe(1);
    expect(err).toContain("timezone");
  });
});
