import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { runProcess, type Ended } from "./testing/spawn.ts";

const NODE = Bun.which("node") ?? "node";
const ROOT = join(import.meta.dir, "..", "..", "..");
const REPORT = `
const [how, value] = process.argv.slice(2);
if (how === "exit") process.exit(Number(value));
if (how === "environment") console.log(JSON.stringify(process.env));
else if (how === "kill") process.kill(process.pid, value);
else console.log(JSON.stringify({ bun: process.versions.bun !== undefined, as: process.env.BUN_BE_BUN ?? null, args: process.argv.slice(2), input: await Bun.stdin.text() }));
`;

let workspace: Workspace;
let launcher: string;
beforeEach(() => {
  workspace = makeWorkspace({
    files: {
      "node_modules/ohmymkt/dist/cli.js": REPORT,
      "node_modules/ohmymkt/package.json": '{"type": "module"}',
      "path/.keep": "",
    },
  });
  launcher = join(workspace.directory, "node_modules/ohmymkt/bin/ohmymkt.mjs");
  mkdirSync(dirname(launcher), { recursive: true });
  copyFileSync(join(ROOT, "bin/ohmymkt.mjs"), launcher);
  copyFileSync(join(ROOT, "bin/no-settings.toml"), join(dirname(launcher), "no-settings.toml"));
});
afterEach(() => workspace.dispose());

const run = (...args: string[]): Promise<Ended> =>
  runProcess([NODE, launcher, ...args], workspace.directory, {
    env: { PATH: join(workspace.directory, "path") },
    input: "typed",
  });

/** Puts an executable at a path of the workspace: a link to a real program, or a script. */
function place(path: string, program: string | { script: string }): void {
  const target = join(workspace.directory, path);
  mkdirSync(dirname(target), { recursive: true });
  if (typeof program === "string") symlinkSync(program, target);
  else writeFileSync(target, program.script);
  if (typeof program !== "string") chmodSync(target, 0o755);
}

const asOpencode = { script: `#!/bin/sh\n[ "$BUN_BE_BUN" = 1 ] || exit 99\nexec "${process.execPath}" "$@"\n` };

describe("finds its runtime", () => {
  const cases: [string, () => void, string | null][] = [
    ["bun on the PATH", () => place("path/bun", process.execPath), null],
    ["a bun beside the package", () => place("node_modules/bun/bin/bun.exe", process.execPath), null],
    [
      "a bun below the package",
      () => place("node_modules/ohmymkt/node_modules/bun/bin/bun.exe", process.execPath),
      null,
    ],
    ["an opencode on the PATH", () => place("path/opencode", asOpencode), "1"],
    ["an opencode beside the package", () => place("node_modules/opencode-ai/bin/opencode.exe", asOpencode), "1"],
    [
      "the next one when the first does not start",
      () => {
        place("path/bun", { script: "#!/nowhere/at/all\n" });
        place("path/opencode", asOpencode);
      },
      "1",
    ],
  ];
  test.each(cases)("%s", async (_name, prepare, as) => {
    prepare();
    const { code, out, err } = await run("a b", "$(x) `y` 'z'", "搜索");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toEqual({ bun: true, as, args: ["a b", "$(x) `y` 'z'", "搜索"], input: "typed" });
  });

  test.each([
    ["bun", process.execPath],
    ["opencode", asOpencode],
  ])("and %s takes no settings from files of the project, which an agent may write", async (name, program) => {
    place(`path/${name}`, program);
    writeFileSync(
      join(workspace.directory, ".env"),
      "OHMYMKT_ALLOW_PRIVATE_ADDRESSES=1\nNODE_TLS_REJECT_UNAUTHORIZED=0\n",
    );
    writeFileSync(join(workspace.directory, ".env.local"), "NODE_TLS_REJECT_UNAUTHORIZED=0\n");
    writeFileSync(join(workspace.directory, "bunfig.toml"), 'preload = ["./preloaded.js"]\n');
    writeFileSync(join(workspace.directory, "preloaded.js"), "console.log('preloaded')");
    const { out } = await run("environment");
    expect(JSON.parse(out)).not.toHaveProperty("OHMYMKT_ALLOW_PRIVATE_ADDRESSES");
    expect(JSON.parse(out)).not.toHaveProperty("NODE_TLS_REJECT_UNAUTHORIZED");
  });

  test("Bun itself needs no second process", async () => {
    const { out } = await runProcess([process.execPath, launcher, "a"], workspace.directory, { env: { PATH: "" } });
    expect(JSON.parse(out)).toMatchObject({ bun: true, args: ["a"] });
  });

  test("a link to the launcher, as npm makes them", async () => {
    place("path/bun", process.execPath);
    place("path/ohmymkt", launcher);
    const { out } = await runProcess([NODE, join(workspace.directory, "path/ohmymkt"), "a"], workspace.directory, {
      env: { PATH: join(workspace.directory, "path") },
    });
    expect(JSON.parse(out)).toMatchObject({ bun: true, args: ["a"] });
  });
});

describe("leaves as the program left", () => {
  beforeEach(() => place("path/bun", process.execPath));
  test.each([["0"], ["2"], ["130"]])("exit code %s", async (code) =>
    expect((await run("exit", code)).code).toBe(Number(code)),
  );
  test.each([
    ["SIGTERM", 143],
    ["SIGKILL", 137],
  ])("%s", async (signal, code) => expect((await run("kill", signal)).code).toBe(code));
});

test("says what to install when there is no runtime", async () => {
  expect(await run("list-plans")).toEqual({
    code: 1,
    out: "",
    err: "ohmymkt: needs Bun or OpenCode to run, and found neither.\nNext: npm install -g bun\n",
  });
});

test("says so when the package was not built", async () => {
  rmSync(join(workspace.directory, "node_modules/ohmymkt/dist"), { recursive: true });
  const { code, err } = await run("list-plans");
  expect(code).toBe(1);
  expect(err).toContain("cli.js, which a built package has");
});
