import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";

/** A packed npm tarball and the plugin spec (`name@file:/absolute/path.tgz`) with which a host installs it. */
export interface PackedPlugin {
  tarball: string;
  spec: string;
}

export interface PackOptions {
  /** Absolute path of the package to pack. */
  root: string;
  /** Milliseconds for each of build and pack; 60,000 unless told. */
  timeoutMs?: number;
}

const packed = new Map<string, Promise<PackedPlugin>>();
const Manifest = z.looseObject({ name: z.string() });

/**
 * Builds (`scripts/build.ts`, if there is one) and packs the package as npm would publish it, once per process and root.
 * Throws with the command's output when building or packing fails.
 */
export function packPlugin({ root, timeoutMs = 60_000 }: PackOptions): Promise<PackedPlugin> {
  const key = resolve(root);
  const known = packed.get(key);
  if (known) return known;
  const work = pack(key, timeoutMs);
  packed.set(key, work);
  return work;
}

async function pack(root: string, timeoutMs: number): Promise<PackedPlugin> {
  const manifest = Manifest.parse(await Bun.file(join(root, "package.json")).json());
  if (existsSync(join(root, "scripts/build.ts"))) await run([process.execPath, "scripts/build.ts"], root, timeoutMs);
  sweep();
  const directory = mkdtempSync(join(tmpdir(), `ohmymkt-pack-${process.pid}-`));
  await run(packCommand(directory), root, timeoutMs);
  const [file, ...others] = [...new Bun.Glob("*.tgz").scanSync({ cwd: directory })];
  if (!file || others.length > 0) {
    throw new Error(`Expected exactly one tarball in ${directory}, found: ${[file, ...others].join(", ") || "none"}`);
  }
  const tarball = join(directory, file);
  return { tarball, spec: `${manifest.name}@file:${tarball}` };
}

/** Removes the tarballs of processes that are gone; "bun test" tells nobody when it exits. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^ohmymkt-pack-(\d+)-/.exec(name)?.[1];
    const path = join(tmpdir(), name);
    if (pid === undefined || isAlive(Number(pid))) continue;
    const owner = statSync(path, { throwIfNoEntry: false })?.uid;
    if (owner === (process.getuid?.() ?? 0)) rmSync(path, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

function packCommand(destination: string): string[] {
  const npm = Bun.which("npm");
  if (npm) return [npm, "pack", "--ignore-scripts", "--silent", "--offline", "--pack-destination", destination];
  return [process.execPath, "pm", "pack", "--ignore-scripts", "--quiet", "--destination", destination];
}

async function run(command: string[], cwd: string, timeoutMs: number): Promise<void> {
  const child = Bun.spawn(command, { cwd, timeout: timeoutMs, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code === 0) return;
  const why = child.signalCode
    ? `was ended by ${child.signalCode} (limit ${timeoutMs} ms)`
    : `exited with code ${code}`;
  throw new Error(`"${command.join(" ")}" in ${cwd} ${why}:\n${out}${err}`.trimEnd());
}
