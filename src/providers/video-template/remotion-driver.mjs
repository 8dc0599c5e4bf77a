// Runs in the runtime of the user's Remotion project, plain Node or Bun, and uses the packages of that project. One job on standard input, answers on
// standard output; when the input ends, nobody waits any more.
import { copyFileSync, existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import { createInterface } from "node:readline";

const MARK = "@ohmymkt ";
const PACKAGES = ["remotion", "@remotion/renderer", "@remotion/bundler"];
const ENTRIES = ["src/index", "remotion/index", "src/remotion/index", "index"].flatMap((base) =>
  ["ts", "tsx", "js", "jsx", "mjs"].map((extension) => `${base}.${extension}`),
);

class Refusal extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

const input = createInterface({ input: process.stdin });
const job = await new Promise((read, fail) => {
  input.once("line", (line) => read(JSON.parse(line)));
  input.once("close", () => fail(new Error("expected a job")));
});

const folder = mkdtempSync(join(tmpdir(), "ohmymkt-remotion-"));
// What Remotion puts aside goes with it.
for (const name of ["TMPDIR", "TEMP", "TMP"]) process.env[name] = folder;
let cancel = () => {};
let unwanted = false;
const stop = () => {
  unwanted = true;
  cancel();
  // What does not listen to that, such as a bundler, is left behind.
  setTimeout(() => leave(1), 1500);
};
if (input.closed) stop();
input.once("close", stop);
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
try {
  answer({ type: "result", value: await run(job) });
  leave(0);
} catch (error) {
  if (!unwanted) {
    const kind = error instanceof Refusal ? error.kind : "remotion";
    answer({ type: "failure", kind, message: error instanceof Error ? error.message : String(error) });
  }
  leave(1);
}

async function run({ mode, directory, project, browser, ...wanted }) {
  const root = findProject(directory, project);
  const load = createRequire(join(root, "package.json"));
  const version = findVersion(load);
  if (mode === "probe") return { version };
  const { bundle } = load("@remotion/bundler");
  const { getCompositions, makeCancelSignal, renderMedia, selectComposition } = load("@remotion/renderer");
  const entryPoint = ENTRIES.map((entry) => join(root, entry)).find((entry) => existsSync(entry));
  if (!entryPoint)
    throw new Refusal(
      "rejected",
      `expected the entry of the Remotion project at ${ENTRIES[0]} or src/index.tsx, found none`,
    );
  const serveUrl = await bundle({
    entryPoint,
    rootDir: root,
    outDir: join(folder, "bundle"),
    onProgress: () => answer({ type: "progress", done: 0, of: 1 }),
  });
  const inputProps = wanted.props ?? {};
  const machine = {
    logLevel: "error",
    // A Chromium of the system is a whole browser, and a server has no graphics card.
    ...(browser ? { browserExecutable: browser, chromeMode: "chrome-for-testing" } : {}),
    chromiumOptions: { gl: process.platform === "linux" ? "swangle" : null },
  };
  const found = await getCompositions(serveUrl, { inputProps, ...machine });
  if (mode === "list")
    return found.map(({ id, width, height, fps, durationInFrames, defaultProps }) => ({
      id,
      width,
      height,
      fps,
      durationInFrames,
      defaultProps: defaultProps ?? {},
    }));
  if (!found.some(({ id }) => id === wanted.template))
    throw new Refusal(
      "rejected",
      `expected template_id ${found.map(({ id }) => id).join(", ") || "(the project has no composition)"}, got ${JSON.stringify(wanted.template)}`,
    );
  const composition = await selectComposition({ serveUrl, id: wanted.template, inputProps, ...machine });
  const { shaped, warnings } = shape(composition, wanted);
  const signal = makeCancelSignal();
  cancel = signal.cancel;
  const film = join(folder, "film.mp4");
  await renderMedia({
    composition: shaped,
    serveUrl,
    codec: "h264",
    pixelFormat: "yuv420p",
    colorSpace: "bt709",
    outputLocation: film,
    inputProps,
    concurrency: 2,
    cancelSignal: signal.cancelSignal,
    onProgress: ({ renderedFrames }) => answer({ type: "progress", done: renderedFrames, of: shaped.durationInFrames }),
    ...machine,
  });
  if (unwanted) throw new Error("cancelled");
  copyFileSync(film, wanted.output);
  const { width, height, fps, durationInFrames: frames } = shaped;
  return { width, height, durationSec: frames / fps, frames, warnings };
}

/** The folder, links followed; it has to lie in the project of the campaign. */
function findProject(directory, project) {
  const top = realpathSync(directory);
  const within = (path) => path === top || path.startsWith(top.endsWith(sep) ? top : top + sep);
  const named = resolve(top, project);
  const root = existsSync(named) ? realpathSync(named) : undefined;
  if (!within(named) || (root && !within(root)))
    throw new Refusal("rejected", `expected project_path inside the project, got ${project}`);
  if (!root) throw new Refusal("missing", `expected a Remotion project in ${project}, found no such folder`);
  return root;
}

function findVersion(load) {
  const versions = PACKAGES.map((name) => {
    try {
      return [name, load(`${name}/package.json`).version];
    } catch {
      return [name, undefined];
    }
  });
  const missing = versions.filter(([, version]) => version === undefined).map(([name]) => name);
  if (missing.length > 0) throw new Refusal("missing", `${missing.join(", ")} cannot be resolved`);
  if (new Set(versions.map(([, version]) => version)).size > 1)
    throw new Refusal(
      "missing",
      `expected one version of all Remotion packages, got ${versions.map((pair) => pair.join(" ")).join(", ")}`,
    );
  return versions[0][1];
}

/** The composition in the asked shape and length; its own where nothing else was asked. */
function shape(composition, { size, seconds }) {
  const warnings = [];
  const shaped = { ...composition };
  if (size && Math.abs(size.width / size.height - composition.width / composition.height) > 0.01) {
    warnings.push(
      `the composition is made for ${composition.width} × ${composition.height} and was rendered at ${size.width} × ${size.height}; look at it before it is shown to anybody`,
    );
    Object.assign(shaped, size);
  }
  if (seconds !== undefined) {
    shaped.durationInFrames = Math.max(1, Math.round(seconds * composition.fps));
    if (shaped.durationInFrames > composition.durationInFrames)
      warnings.push(
        `the composition is ${composition.durationInFrames / composition.fps} s long; what comes after may be empty`,
      );
  }
  return { shaped, warnings };
}

function answer(what) {
  process.stdout.write(`${MARK}${JSON.stringify(what)}\n`);
}

/** Ends once what was said is out. */
function leave(code) {
  process.stdout.write("", () => process.exit(code));
}
