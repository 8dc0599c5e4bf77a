import { fileURLToPath } from "node:url";
import { runHelper, type Helper } from "./helper-process.ts";

/** The package's own helper programs, src/draw.ts and src/import.ts; the build puts them beside the folder that this module ends up in. */
export type Program = "draw" | "import";

const ENDING = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

/** Runs a job of a helper program on this process's Bun: the host's too is one when it is told so. Throws `HelperFailure`, or the signal's reason. */
export function runProgram(
  program: Program,
  options: Pick<Helper, "job" | "files" | "signal" | "progress"> & { env?: Record<string, string> },
): Promise<unknown> {
  const path = new URL(`../${program}${ENDING}`, import.meta.url);
  return runHelper({
    ...options,
    command: [process.execPath, fileURLToPath(path)],
    env: { ...options.env, BUN_BE_BUN: "1" },
    // Not the project: its bunfig.toml and .env are not for us.
    cwd: fileURLToPath(new URL(".", path)),
  });
}
