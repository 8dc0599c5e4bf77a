import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scripts } from "../package.json" with { type: "json" };
import { findChromium } from "../src/testing/chromium.ts";
import { findFfmpeg } from "../src/testing/ffmpeg.ts";
import { findImports } from "../src/testing/imports.ts";
import { opencodeBinary } from "../src/testing/host-process.ts";
import { LIVE_TESTS, liveStep } from "../src/testing/servers/live-tests.ts";
import { endSteps, runStep, type Step, type Tally } from "../src/testing/run-step.ts";

const MINUTE = 60_000;
/** Real processes on a busy machine take seconds; what hangs is ended by this, and by the limit of its group. */
const TEST_TIMEOUT = "--timeout=30000";
const BUN = [process.execPath, "test", "--only-failures", TEST_TIMEOUT];
/** Random histories of the long versions in CI, which has twenty minutes; the full suite plays 20,000. */
const CI_HISTORIES = process.env["OHMYMKT_HISTORIES"] ?? "1000";
/** Chains of steps at a time. */
const LANES = 2;
/** Last lines of a failed step that are shown again at the end. */
const FAILURE_LINES = 120;
/** Begins them; .ci/run looks for it. */
const FAILED = "What failed, once more:";
const MODES = ["core", "beyond", "full"] as const;
type Mode = (typeof MODES)[number];

/** Folders whose tests depend on the Bun that runs them; the others compute. */
const BY_RUNTIME = ["src/store/", "src/providers/", "src/drawing/", "src/features/", "src/tools/"];

/** Test files of these that say nothing about it. */
const NOT_ON_HOST_BUN: Record<string, string> = {
  "src/hosts/cli/launcher.test.ts":
    "the launcher runs on Node and looks for a Bun itself; under the host it would find the test's own",
  "src/providers/video-template/templates.test.ts":
    "it draws hundreds of frames, which it does on any Bun; the films with ffmpeg are drawn on the host's",
  "src/tools/ohmymkt/damaged-files.test.ts": "it damages every file in seven ways, which are read by the same rules",
};

/** Programs that npm does not bring, and the test files that need them, by the ending of their names. */
const PROGRAMS = {
  browser: {
    ending: ".browser.test.ts",
    title: "report page in a browser",
    find: findChromium,
    without: "there is no chromium. Next: apt-get install chromium, or set CHROMIUM to its path",
  },
  ffmpeg: {
    ending: ".ffmpeg.test.ts",
    title: "films with ffmpeg",
    find: findFfmpeg,
    without: "there is no ffmpeg with ffprobe. Next: apt-get install ffmpeg",
  },
} as const;
const PROGRAM_NAMES = ["browser", "ffmpeg"] as const satisfies readonly (keyof typeof PROGRAMS)[];

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

/** Steps that run one after the other. What builds or packs the package stands in one chain: it writes to the same folder. */
type Chain = Step[];

async function main(wanted: Mode): Promise<number> {
  const files = testFiles();
  const { total, failures } = await runSideBySide(chainsOf(wanted, files));
  console.log("");
  if (wanted === "core") {
    const long = files.filter((file) => file.long).length;
    console.log(
      `Not run here, because they take minutes: the long versions of ${long} test file(s), the tests on the host's own Bun, ` +
        "the checks (types, lint, unused code, build, package, docs), the report page in a browser, films with ffmpeg, real servers of Debian packages, the rules broken on purpose and the token budgets. Next: bun run test:full",
    );
  }
  if (wanted !== "core")
    for (const name of PROGRAM_NAMES.filter((one) => PROGRAMS[one].find() === undefined))
      console.log(
        `Not run: ${files
          .filter(({ group }) => group === name)
          .map(({ path }) => path)
          .join(", ")}, because ${PROGRAMS[name].without}`,
      );
  if (wanted !== "core")
    for (const { path, full, missing } of LIVE_TESTS) {
      const why = full ? missing() : "it brings 130 MB from npm. Next: bun run live";
      if (why !== undefined) console.log(`Not run: ${path}, because ${why}`);
    }
  if (wanted !== "core")
    for (const [path, why] of Object.entries(NOT_ON_HOST_BUN))
      console.log(`Not run on the host's own Bun: ${path}, because ${why}`);
  if (wanted === "beyond")
    console.log(`The long versions play ${CI_HISTORIES} random histories here; bun run test:full plays 20,000.`);
  if (total.skipped > 0)
    console.log(`${total.skipped} tests were skipped by the tests themselves; their names are above.`);
  if (failures.length > 0) console.log(`\n${FAILED}\n${failures.join("\n")}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

function chainsOf(wanted: Mode, files: TestFile[]): Chain[] {
  if (wanted === "core") return coreChains(files, false);
  if (wanted === "beyond") return beyondChains(files, true);
  const [host = [], ...core] = coreChains(files, true);
  const [checked = [], ...beyond] = beyondChains(files, false);
  return [[...host, ...checked], ...core, ...beyond];
}

/** As many chains at a time as two cores bear; each step's output is shown whole when it ends. */
async function runSideBySide(chains: readonly Chain[]): Promise<{ total: Tally; failures: string[] }> {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  const waiting = chains.map((chain) => chain.filter(({ files }) => files !== 0));
  const lane = async (): Promise<void> => {
    for (let chain = waiting.shift(); chain !== undefined; chain = waiting.shift())
      for (const step of chain) {
        console.log(`... ${step.title}`);
        const lines: string[] = [];
        const tally = await runStep(step, (line) => lines.push(line));
        console.log(lines.join("\n"));
        if (tally.failed > 0) failures.push(lines.join("\n").split("\n").slice(-FAILURE_LINES).join("\n"));
        total.passed += tally.passed;
        total.failed += tally.failed;
        total.skipped += tally.skipped;
      }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, navigator.hardwareConcurrency) }, lane));
  return { total, failures };
}

interface TestFile {
  path: string;
  group: "rules" | "store" | "providers" | "host" | "live" | keyof typeof PROGRAMS;
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
  const program = PROGRAM_NAMES.find((name) => path.endsWith(PROGRAMS[name].ending));
  if (program) return program;
  if (path.endsWith(".live.test.ts")) return "live";
  if (usesHost) return "host";
  if (path.startsWith("src/store/")) return "store";
  return path.startsWith("src/providers/") ? "providers" : "rules";
}

/** The chain that packs the package first; it takes longest. */
function coreChains(files: TestFile[], long: boolean): Chain[] {
  const version = long ? ", long versions" : "";
  const of = (title: string, group: TestFile["group"], minutes: number): Chain => [
    bunTest(
      `${title}${version}`,
      BUN,
      files.filter((file) => file.group === group),
      { long, limit: minutes * MINUTE },
    ),
  ];
  return [
    of("real host", "host", 20),
    of("rules, tools and agents", "rules", long ? 20 : 10),
    of("providers", "providers", 8),
    of("store", "store", 8),
  ];
}

/** What the full suite adds to the core one, the chain that builds the package first; `long` when the long versions have not run already. */
function beyondChains(files: TestFile[], long: boolean): Chain[] {
  const hostBun = [opencodeBinary(), ...BUN.slice(1)];
  const onHostBun = files.filter(
    ({ path, group, long: repeats }) =>
      ["rules", "store", "providers"].includes(group) &&
      BY_RUNTIME.some((folder) => path.startsWith(folder)) &&
      !(path in NOT_ON_HOST_BUN) &&
      // Random histories are about rules; the store's are about its database.
      !(repeats && group === "rules"),
  );
  const longVersions = (title: string, host: boolean): Step[] => [
    bunTest(
      title,
      BUN,
      files.filter((file) => long && file.long && (file.group === "host") === host),
      { long: true, limit: 20 * MINUTE, env: { OHMYMKT_HISTORIES: CI_HISTORIES } },
    ),
  ];
  return [
    [
      ...checks(),
      {
        title: "token budgets",
        command: [process.execPath, "scripts/tokens.ts", "--check"],
        limit: 3 * MINUTE,
        count: "exit",
      },
      ...longVersions("long versions in the real host", true),
    ],
    [
      bunTest("what depends on the runtime, on the host's own Bun", hostBun, onHostBun, {
        long: false,
        limit: 15 * MINUTE,
        env: { BUN_BE_BUN: "1" },
      }),
    ],
    longVersions("long versions", false),
    [
      {
        title: "rules broken on purpose",
        command: [process.execPath, "scripts/breaks.ts"],
        limit: 15 * MINUTE,
        count: "tally",
      },
    ],
    ...PROGRAM_NAMES.filter((name) => PROGRAMS[name].find() !== undefined).map((name) => [
      bunTest(
        PROGRAMS[name].title,
        BUN,
        files.filter(({ group }) => group === name),
        { long: false, limit: 8 * MINUTE },
      ),
    ]),
    ...LIVE_TESTS.filter(({ full, missing }) => full && missing() === undefined).map((live) => [liveStep(live)]),
  ];
}

/** The members of package.json's `check`, one test each. */
function checks(): Step[] {
  return scripts.check.split(" && ").map((line) => {
    const [program = "", ...args] = line.split(" ");
    return {
      title: line,
      command: [program === "bun" ? process.execPath : program, ...args],
      limit: 5 * MINUTE,
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
