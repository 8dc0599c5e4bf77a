import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A program of this name in a folder, made of lines of sh; its path. */
export function fakeProgram(folder: string, name: string, lines: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** An ffmpeg that says it has libx264 and then does this with the frames. */
export function fakeFfmpeg(folder: string, work: string): string {
  return fakeProgram(
    folder,
    "ffmpeg",
    `case "$*" in *encoder=libx264*) echo "Encoder libx264 [fake]:"; exit 0;; esac\n${work}`,
  );
}
