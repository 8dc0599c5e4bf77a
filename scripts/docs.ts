import { rm } from "node:fs/promises";
import { join } from "node:path";
import { examine, generatedPages, REFERENCE } from "./docs/documentation.ts";
import { readRepository, readSource } from "./docs/repository.ts";
import { productSources } from "./docs/sources.ts";

/** Writes the reference pages; with `--check` it writes nothing and exits 1 when anything is out of date, undocumented or broken. */
const root = join(import.meta.dir, "..");
const sources = await productSources(await readSource(root));

if (!process.argv.includes("--check")) await write();
const { remarks, ...findings } = examine(sources, await readRepository(root));
const problems = Object.values(findings).flat();
for (const remark of remarks) console.log(`note: ${remark}`);
for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0 ? "docs: current" : `docs: ${problems.length} problem${problems.length === 1 ? "" : "s"}`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

async function write(): Promise<void> {
  const repository = await readRepository(root);
  const pages = generatedPages(sources, repository);
  const made = new Set(pages.map(({ path }) => path));
  for (const { path, text } of pages) await Bun.write(join(root, path), text);
  for (const path of Object.keys(repository.pages))
    if (path.startsWith(REFERENCE) && !made.has(path)) await rm(join(root, path));
}
