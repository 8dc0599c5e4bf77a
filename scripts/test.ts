import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scripts } from "../package.json" with { type: "json" };
import { findChromium } from "../src/testing/chromium.ts";
import { findImports } from "../src/testing/imports.ts";
import { opencodeBinary } from "../src/testing/host-process.ts";
import { endSteps, runStep, type Step, type Tally } from "../src/testing/run-step.ts";

const MINUTE = 60_000;
/** Real processes on a busy machine take seconds; what hangs is ended by this, and by the limit of its group. */
const TEST_TIMEOUT = "--timeout=30000";
const MODES = ["core", "beyond", "full"] as const;
type Mode = (typeof MODES)[number];

/** Test files that say nothing about the Bun that runs them. */
const NOT_ON_HOST_BUN: Record<string, string> = {
  "src/hosts/cli/launcher.test.ts":
    "the launcher runs on Node and looks for a Bun itself; under the host it would find the test's own",
};

const root = join(import.meta.dir, "..");
const mode = MODES.find((name) => name === (process.argv[2] ?? "core"));
if (!mode) {
  console.error(`expected one of ${MODES.join(", ")}, got ${process.argv[2]}. Next: bun scripts/test.ts core`);
  process.exit(2);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    endSteps();
    process.exit(signal === "SIGINT" ? 130 : 143);
  });
}
process.exitCode = await main(mode);

async function main(wanted: Mode): Promise<number> {
  const files = testFiles();
  const steps = {
    core: coreSteps(files, false),
    beyond: beyondSteps(files, true),
    full: [...coreSteps(files, true), ...beyondSteps(files, false)],
  };
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const step of steps[wanted]) {
    const tally = await runStep(step);
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
  }
  console.log("");
  if (wanted === "core") {
    const long = files.filter((file) => file.long).length;
    console.log(
      `Not run here, because they take minutes: the long versions of ${long} test file(s), the tests on the host's own Bun, ` +
        "the checks (types, lint, unused code, build, package, docs), the report page in a browser, the rules broken on purpose and the token budgets. Next: bun run test:full",
    );
  }
  if (wanted !== "core" && findChromium() === undefined)
    console.log(
      `Not run: ${browserFiles(files)
        .map(({ path }) => path)
        .join(", ")}, because there is no chromium. Next: apt-get install chromium, or set CHROMIUM to its path`,
    );
  if (wanted !== "core")
    for (const [path, why] of Object.entries(NOT_ON_HOST_BUN))
      console.log(`Not run on the host's own Bun: ${path}, because ${why}`);
  if (total.skipped > 0)
    console.log(`${total.skipped} tests were skipped by the tests themselves; their names are above.`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

interface TestFile {
  path: string;
  group: "rules" | "store" | "host" | "browser";
  /** Has a longer version that runs with OHMYMKT_FULL=1. */
  long: boolean;
}

function testFiles(): TestFile[] {
  const paths = [...new Bun.Glob("src/**/*.test.ts").scanSync({ cwd: root })].toSorted();
  return paths.map((path) => {
    const source = readFileSync(join(root, path), "utf8");
    const usesHost = findImports(source).some(
      ({ specifier, kind }) => kind !== "type" && /\/(?:opencode-host|plugin-host|pack)\.ts$/.test(specifier),
    );
    const group = groupOf(path, usesHost);
    return { path, group, long: source.includes("OHMYMKT_FULL") };
  });
}

function groupOf(path: string, usesHost: boolean): TestFile["group"] {
  if (path.endsWith(".browser.test.ts")) return "browser";
  if (usesHost) return "host";
  return path.startsWith("src/store/") ? "store" : "rules";
}

/** Those that need a chromium, which npm does not bring. */
function browserFiles(files: TestFile[]): TestFile[] {
  return files.filter(({ group }) => group === "browser");
}

function coreSteps(files: TestFile[], long: boolean): Step[] {
  const bun = [process.execPath, "test", "--only-failures", TEST_TIMEOUT];
  const version = long ? ", long versions" : "";
  return [
    bunTest(
      `rules, tools and agents${version}`,
      bun,
      files.filter(({ group }) => group === "rules"),
      { long, limit: (long ? 10 : 3) * MINUTE },
    ),
    bunTest(
      `store${version}`,
      bun,
      files.filter(({ group }) => group === "store"),
      { long, limit: 6 * MINUTE },
    ),
    bunTest(
      "real host",
      bun,
      files.filter(({ group }) => group === "host"),
      { long, limit: 8 * MINUTE },
    ),
  ].filter((step) => step.files !== 0);
}

/** What the full suite adds to the core one; `long` when the long versions have not run already. */
function beyondSteps(files: TestFile[], long: boolean): Step[] {
  const hostBun = [opencodeBinary(), "test", "--only-failures", TEST_TIMEOUT];
  const onHostBun = files.filter(
    ({ path, group }) => group !== "host" && group !== "browser" && !(path in NOT_ON_HOST_BUN),
  );
  return [
    ...(long
      ? [
          bunTest(
            "long versions",
            [process.execPath, "test", "--only-failures", TEST_TIMEOUT],
            files.filter((file) => file.long),
            { long: true, limit: 15 * MINUTE },
          ),
        ]
      : []),
    bunTest("rules and store on the host's own Bun", hostBun, onHostBun, {
      long: false,
      limit: 6 * MINUTE,
      env: { BUN_BE_BUN: "1" },
    }),
    ...(findChromium() === undefined
      ? []
      : [
          bunTest(
            "report page in a browser",
            [process.execPath, "test", "--only-failures", TEST_TIMEOUT],
            browserFiles(files),
            {
              long: false,
              limit: 5 * MINUTE,
            },
          ),
        ]),
    ...checks(),
    {
      title: "rules broken on purpose",
      command: [process.execPath, "scripts/breaks.ts"],
      limit: 8 * MINUTE,
      count: "tally" as const,
    },
    {
      title: "token budgets",
      command: [process.execPath, "scripts/tokens.ts", "--check"],
      limit: 3 * MINUTE,
      count: "exit" as const,
    },
  ].filter((step) => step.files !== 0);
}

/** The members of package.json's `check`, one test each. */
function checks(): Step[] {
  return scripts.check.split(" && ").map((line) => {
    const [program = "", ...args] = line.split(" ");
    return {
      title: line,
      command: [program === "bun" ? process.execPath : program, ...args],
      limit: 3 * MINUTE,
      count: "exit",
    };
  });
}

function bunTest(
  title: string,
  command: string[],
  files: TestFile[],
  options: { long: boolean; limit: number; env?: Record<string, string> },
): Step {
  const paths = files.map(({ path }) => `./${path}`);
  const env = { ...options.env, OHMYMKT_FULL: options.long ? "1" : "0" };
  return { title, command: [...command, ...paths], env, limit: options.limit, count: "bun", files: files.length };
}
