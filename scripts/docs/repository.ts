import { existsSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import type { Repository } from "./documentation.ts";
import type { SourceFiles } from "./source-scan.ts";

const PAGES = ["docs/**/*.md", "README.md", "AGENTS.md"];

/** Reads the Markdown pages below a folder. */
export async function readRepository(root: string): Promise<Repository> {
  const texts = await Promise.all(PAGES.map((pattern) => readAll(root, pattern, () => true)));
  return {
    pages: Object.fromEntries(texts.flatMap((files) => Object.entries(files))),
    exists: (path) => existsSync(join(root, path)),
  };
}

/** Reads `src/` without tests and test helpers. */
export async function readSource(root: string): Promise<SourceFiles> {
  return readAll(root, "src/**/*.ts", (path) => !/\.test\.ts$|\/(?:testing|conformance)[/.]/.test(path));
}

async function readAll(
  root: string,
  pattern: string,
  keep: (path: string) => boolean,
): Promise<Record<string, string>> {
  const paths = (await Array.fromAsync(new Glob(pattern).scan({ cwd: root })))
    .map((path) => path.replaceAll("\\", "/"))
    .filter(keep)
    .toSorted();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await Bun.file(join(root, path)).text()] as const)),
  );
}
