import { fileURLToPath } from "node:url";
import { runHelper, type Helper } from "./helper-process.ts";

/** The program that draws, src/draw.ts; the build puts it beside the folder that this module ends up in. */
const PROGRAM = new URL(`../draw${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** Runs a job of src/draw.ts in a process of its own, on this process's Bun: the host's too is one when it is told so. Throws `HelperFailure`, or the signal's reason. */
export function runDrawing(
  options: Pick<Helper, "job" | "files" | "signal" | "progress"> & { env?: Record<string, string> },
): Promise<unknown> {
  return runHelper({
    ...options,
    command: [process.execPath, fileURLToPath(PROGRAM)],
    env: { ...options.env, BUN_BE_BUN: "1" },
    // Not the project: its bunfig.toml and .env are not for us.
    cwd: fileURLToPath(new URL(".", PROGRAM)),
  });
}
