import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./server-process.ts";

const GHOST = "6.65.0";
/** The oldest line of Node that this Ghost accepts; npm carries its binary as a package. */
const NODE = "22.23.3";
/** Ghost's own pinned pnpm is refused where npm packages have to be signed. */
const PNPM = "12.21.0";

export interface GhostInstall {
  /** Folder of Ghost's own package, with its dependencies. */
  directory: string;
  /** Path of a Node that can run it. */
  node: string;
}

/** Brings Ghost and a Node for it from npm into a folder, once; a folder that is complete is used as it is. */
export async function installGhost(cache: string): Promise<GhostInstall> {
  const root = join(cache, `ghost-${GHOST}`);
  const install = { directory: join(root, "ghost"), node: join(root, "node/bin/node") };
  if (existsSync(install.node)) return install;
  const work = `${root}.${process.pid}`;
  rmSync(work, { recursive: true, force: true });
  const [ghost, node] = [join(work, "ghost"), join(work, "node")];
  await unpack(`ghost@${GHOST}`, ghost);
  const manifest = join(ghost, "package.json");
  const { packageManager: _, ...rest } = JSON.parse(readFileSync(manifest, "utf8"));
  writeFileSync(manifest, JSON.stringify(rest));
  // With the optional ones: without sharp it takes no image.
  const flags = ["--prod", "--ignore-scripts", "--frozen-lockfile", "--reporter=silent"];
  await runProgram({ command: ["npx", "--yes", `pnpm@${PNPM}`, "install", ...flags], cwd: ghost }, 300_000);
  await unpack(`node-${process.platform}-${process.arch}@${NODE}`, node);
  rmSync(root, { recursive: true, force: true });
  renameSync(work, root);
  return install;
}

async function unpack(name: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await runProgram({ command: ["npm", "pack", name, "--silent"], cwd: folder });
  const archive = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  if (archive === undefined) throw new Error(`Expected npm to bring ${name}, got nothing`);
  await runProgram({ command: ["tar", "xzf", archive, "--strip-components=1"], cwd: folder });
  rmSync(join(folder, archive));
}
