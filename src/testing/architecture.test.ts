import { describe, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { findImports, withoutComments, type FoundImport } from "./imports.ts";

/** Who may import whom inside `src/`, by first path segment. Tests and test helpers may import anything. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "index.ts": ["hosts"],
  "library.ts": ["hosts", "tools", "hooks", "features", "store", "lib", "errors.ts", "config.ts"],
  "cli.ts": ["hosts", "tools", "hooks", "features", "providers", "store", "lib", "errors.ts", "config.ts"],
  // Programs of their own: what would block a host while it draws or imports.
  "draw.ts": ["helper", "providers"],
  "import.ts": ["helper", "features", "store"],
  // A thread of its own, for the same reason.
  "draw-report.ts": ["drawing", "features"],
  hosts: ["hosts", "tools", "hooks", "features", "providers", "store", "lib", "assets.ts", "errors.ts", "config.ts"],
  tools: ["tools", "features", "drawing", "providers", "store", "lib", "assets.ts", "errors.ts", "config.ts"],
  hooks: ["hooks", "features", "providers", "store", "lib", "assets.ts", "errors.ts", "config.ts"],
  features: ["features", "providers", "drawing", "helper", "store", "lib", "assets.ts", "errors.ts", "config.ts"],
  providers: ["providers", "drawing", "helper", "lib", "errors.ts", "config.ts", "package-binaries.ts"],
  // Measuring, wrapping and rasterizing, for charts and for films.
  drawing: ["drawing", "lib", "errors.ts", "package-binaries.ts"],
  // Jobs for processes of their own, and what they answer.
  helper: ["helper", "lib"],
  store: ["store", "lib", "errors.ts"],
  lib: ["lib", "errors.ts"],
  // Leaves: an error needs nothing, settings are a document of the domain, assets are the package's files as values.
  "errors.ts": [],
  "config.ts": ["lib"],
  "assets.ts": ["errors.ts", "package-files.ts"],
  "package-files.ts": [],
  "package-binaries.ts": [],
};

/** Packages and platform modules of the layers that have a closed list; the rules below bind the others. */
const MAY_USE: Record<string, readonly string[]> = {
  lib: [
    "zod",
    "yaml",
    "picomatch",
    "date-fns",
    "@date-fns/tz",
    "@stdlib/stats-base-dists-normal-cdf",
    "node:crypto",
    "node:path",
  ],
  "errors.ts": [],
  "config.ts": ["zod"],
  "assets.ts": [],
  "package-files.ts": ["node:fs", "node:path"],
  "package-binaries.ts": ["@resvg/resvg-wasm", "dejavu-fonts-ttf"],
  "index.ts": ["@opencode-ai/plugin"],
};

const HOST_SDK = /^(?:index\.ts$|hosts\/opencode\/|hosts\/library\.ts$|hooks\/)/;

/** Everything that may touch a disk, and why; with `names`, only these functions. */
const DISK: readonly { where: RegExp; names?: readonly string[]; why: string }[] = [
  { where: /^store\//, why: "the store is what reads and writes projects" },
  { where: /^package-files\.ts$/, why: "reads the package's own files, once, at build time" },
  { where: /^package-binaries\.ts$/, why: "reads the package's rasterizer and fonts when an image is drawn" },
  {
    where: /^providers\/video-template\/film\.ts$/,
    names: ["rm"],
    why: "the process that draws removes the torn file of a film that was broken off",
  },
  {
    where: /^features\/claude-code-agent-loader\/disk\.ts$/,
    why: "the four questions that the project loader asks a disk",
  },
  {
    where: /^hooks\/state-guard\//,
    names: ["realpathSync"],
    why: "a symbolic link must not lead an edit into the state",
  },
  {
    where: /^hosts\/opencode\/project-agents\.ts$/,
    names: ["existsSync"],
    why: "loads the reader only where there is something to read",
  },
  { where: /^cli\.ts$/, names: ["readFileSync", "statSync"], why: "the composition root hands the command its disk" },
];

/** Files that only tests import although their name does not say so. */
const TEST_DATA: readonly { where: RegExp; why: string }[] = [
  { where: /^store\/conformance(?:\.ts$|\/)/, why: "the suite that every driver of the store passes" },
  { where: /^providers\/publish\/conformance(?:\.ts$|\/)/, why: "the suite that every publish adapter passes" },
  {
    where: /^hooks\/keyword-detector\/ultrawork\/testing\//,
    why: "labelled prompts, one a line",
  },
];

/** The disk by way of the platform's own object. */
const BUN_DISK = /\bBun\.(?:file|write|Glob)\b/;
const DATABASE = /\bBun\.(?:SQL|sql)\b|\bimport\s*\{[^}]*\b(?:SQL|sql)\b[^}]*\}\s*from\s*"bun"/;
/** The network as it is handed to the providers. */
const NETWORK_SOURCE = "hosts/world.ts";
const NETWORK = /(?<![.\w])fetch\(|\bglobalThis\.fetch\b|\bBun\.connect\b|\bnew WebSocket\b/;
const AMBIENT = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\bprocess\.env\b|\brandomUUID\b/;
const MAX_LINES = 300;

interface SourceFile {
  path: string;
  area: string;
  code: string;
  lines: number;
  isTest: boolean;
  imports: FoundImport[];
}

const SRC = join(import.meta.dir, "..");
const files = await readSources();
const product = files.filter((file) => !file.isTest);
const byPath = new Map(files.map((file) => [file.path, file]));
const agents = [...new Bun.Glob("*.md").scanSync({ cwd: join(SRC, "../agents") })].map((file) => file.slice(0, -3));

async function readSources(): Promise<SourceFile[]> {
  const paths = [...new Bun.Glob("**/*.ts").scanSync({ cwd: SRC })]
    .map((path) => path.replaceAll("\\", "/"))
    .toSorted();
  return Promise.all(
    paths.map(async (path) => {
      const source = await Bun.file(join(SRC, path)).text();
      const isTest = /\.test\.ts$|(?:^|\/)testing\//.test(path) || TEST_DATA.some(({ where }) => where.test(path));
      const lines = source.trimEnd().split("\n").length;
      return { path, area: areaOf(path), code: withoutComments(source), lines, isTest, imports: findImports(source) };
    }),
  );
}

function areaOf(path: string): string {
  return path.split("/")[0] ?? path;
}

/** Path below `src/` of a relative import. */
function target(file: SourceFile, { specifier }: FoundImport): string {
  return join(dirname(file.path), specifier).replaceAll("\\", "/");
}

/** "zod/locales" → "zod", "@date-fns/tz/x" → "@date-fns/tz". */
function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

const isRelative = ({ specifier }: FoundImport): boolean => specifier.startsWith(".");

/** One line for each import of these files that the rule refuses. */
function refused(among: readonly SourceFile[], rule: (file: SourceFile, one: FoundImport) => boolean): string[] {
  return among.flatMap((file) =>
    file.imports.filter((one) => rule(file, one)).map((one) => `${file.path} imports ${one.specifier}`),
  );
}

const matching = (among: readonly SourceFile[], pattern: RegExp): string[] =>
  among.filter(({ code }) => pattern.test(code)).map(({ path, code }) => `${path}: ${pattern.exec(code)?.[0]}`);

const mayTouchDisk = ({ path }: SourceFile, names: readonly string[]): boolean =>
  DISK.some(
    ({ where, names: only }) =>
      where.test(path) && (!only || (names.length > 0 && names.every((name) => only.includes(name)))),
  );

/** The first circle of imports that this graph has, as a list of its files, or undefined. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>();
  const visit = (node: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (finished.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...trail, node]);
      if (cycle) return cycle;
    }
    finished.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle) return cycle;
  }
  return undefined;
}

describe("layers", () => {
  test("every file belongs to a layer", () => {
    expect(product.filter(({ area }) => !(area in MAY_IMPORT)).map(({ path }) => path)).toEqual([]);
  });

  test("imports go down only", () => {
    const up = (file: SourceFile, one: FoundImport): boolean => {
      if (!isRelative(one) || target(file, one) === "../package.json") return false;
      return MAY_IMPORT[file.area]?.includes(areaOf(target(file, one))) !== true;
    };
    expect(refused(product, up)).toEqual([]);
  });

  test("the lower layers use only the packages of their list", () => {
    const foreign = (file: SourceFile, one: FoundImport): boolean =>
      !isRelative(one) && MAY_USE[file.area]?.includes(packageOf(one.specifier)) === false;
    expect(refused(product, foreign)).toEqual([]);
  });

  test("nothing that ships imports a test or its helpers", () => {
    expect(refused(product, (file, one) => isRelative(one) && byPath.get(target(file, one))?.isTest === true)).toEqual(
      [],
    );
  });

  test("what is imported on demand is named by a literal", () => {
    expect(refused(product, (_file, { specifier }) => specifier === "?")).toEqual([]);
  });

  test("no import cycle, types and imports on demand included", () => {
    const graph = new Map(
      files.map((file) => [file.path, file.imports.filter(isRelative).map((one) => target(file, one))]),
    );
    expect(findCycle(graph)).toBeUndefined();
  });
});

describe("seams", () => {
  test("the host's SDK is known to the entry, the OpenCode adapter and the hooks", () => {
    expect(
      refused(product, ({ path }, { specifier }) => specifier.startsWith("@opencode-ai/") && !HOST_SDK.test(path)),
    ).toEqual([]);
  });

  test("databases are reached from the store", () => {
    const outside = product.filter(({ area }) => area !== "store");
    expect(refused(outside, (_file, { specifier }) => specifier === "bun:sqlite")).toEqual([]);
    expect(matching(outside, DATABASE)).toEqual([]);
  });

  test("the disk is reached from the places that say why", () => {
    expect(
      refused(product, (file, { specifier, names }) => /^(?:node:)?fs\b/.test(specifier) && !mayTouchDisk(file, names)),
    ).toEqual([]);
    expect(
      matching(
        product.filter((file) => !mayTouchDisk(file, [])),
        BUN_DISK,
      ),
    ).toEqual([]);
  });

  test.each([...DISK, ...TEST_DATA])("the exception $where is still needed: $why", ({ where }) => {
    expect(files.filter(({ path }) => where.test(path))).not.toEqual([]);
  });

  test("the network is reached from the providers", () => {
    expect(
      matching(
        product.filter(({ area, path }) => area !== "providers" && path !== NETWORK_SOURCE),
        NETWORK,
      ),
    ).toEqual([]);
  });

  test("the SDKs of generators are loaded when one is used", () => {
    const isSdk = (specifier: string): boolean =>
      /^(?:ai$|@ai-sdk\/)/.test(specifier) || specifier.endsWith("/sdk-parts.ts");
    const early = ({ path }: SourceFile, { kind, specifier }: FoundImport): boolean =>
      kind === "static" && isSdk(specifier) && path !== "providers/sdk-parts.ts";
    expect(refused(product, early)).toEqual([]);
  });

  test("clock, chance and environment arrive as arguments", () => {
    const inner = product.filter(({ area }) =>
      ["lib", "tools", "hooks", "features", "drawing", "providers"].includes(area),
    );
    expect(matching(inner, AMBIENT)).toEqual([]);
  });
});

describe("files", () => {
  test(`none that ships is longer than ${MAX_LINES} lines`, () => {
    expect(product.filter(({ lines }) => lines > MAX_LINES).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  test("names are kebab-case", () => {
    const odd = files.filter(
      ({ path }) =>
        !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*(?:(?:\.(?:browser|ffmpeg|live))?\.test)?\.ts$/.test(
          path,
        ),
    );
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  test("no agent is named by hand: agents/*.md say who there is", () => {
    expect(agents).toHaveLength(14);
    expect(matching(product, new RegExp(`(?<![\\w-])(?:${agents.join("|")})(?![\\w-])`))).toEqual([]);
  });
});

describe("the reader of imports", () => {
  test.each<[string, string[]]>([
    ['import a from "x";', ["static x"]],
    ['import type { A } from "x";', ["type x"]],
    ['import { type A, b } from "x";', ["static x"]],
    ['import type from "x";', ["static x"]],
    ['import {\n  a,\n  b,\n} from "x";', ["static x"]],
    ['import * as a from "x";', ["static x"]],
    ['export { a } from "x";', ["static x"]],
    ['export type { A } from "x";', ["type x"]],
    ['export * from "x";', ["static x"]],
    ['import "x";', ["static x"]],
    ['const a = await import("x");', ["dynamic x"]],
    ["const a = import(path);", ["dynamic ?"]],
    ['type A = typeof import("x");', ["type x"]],
    ['// import a from "x";', []],
    ['/*\nimport a from "x";\n*/', []],
    ['const url = "https://y"; // import("x")', []],
    ['const quote = /["\'`]/; const a = import("x");', ["dynamic x"]],
    ["export const from = 1;", []],
  ])("%j", (source, expected) => {
    expect(findImports(source).map(({ kind, specifier }) => `${kind} ${specifier}`)).toEqual(expected);
  });

  test("misses nothing that the transpiler sees", async () => {
    const transpiler = new Bun.Transpiler({ loader: "ts" });
    for (const { path, imports } of files) {
      const seen = transpiler.scanImports(await Bun.file(join(SRC, path)).text()).map((one) => one.path);
      expect({ path, missed: seen.filter((one) => !imports.some(({ specifier }) => specifier === one)) }).toEqual({
        path,
        missed: [],
      });
    }
  });

  test("finds a circle, and none where there is none", () => {
    expect(
      findCycle(
        new Map([
          ["a", ["b"]],
          ["b", ["c"]],
          ["c", ["b"]],
        ]),
      ),
    ).toEqual(["b", "c", "b"]);
    expect(
      findCycle(
        new Map([
          ["a", ["b", "c"]],
          ["b", ["c"]],
          ["c", []],
        ]),
      ),
    ).toBeUndefined();
  });
});
