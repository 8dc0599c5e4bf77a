import { basename, join } from "node:path";

/** Runs one file of benchmark/ by its name, or all of them: `bench.ts [name]`. */
const folder = join(import.meta.dir, "../benchmark");
const names = [...new Bun.Glob("*.ts").scanSync({ cwd: folder })].map((file) => basename(file, ".ts")).toSorted();
const wanted = process.argv[2];
if (wanted !== undefined && !names.includes(wanted)) {
  console.error(`expected one of ${names.join(", ")}, got ${wanted}. Next: bun run bench ${names[0]}`);
  process.exit(2);
}
for (const name of wanted === undefined ? names : [wanted]) {
  console.log(`\n${name}`);
  const child = Bun.spawn([process.execPath, join(folder, `${name}.ts`)], {
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  if ((await child.exited) !== 0) process.exitCode = 1;
}
