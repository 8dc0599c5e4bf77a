import { join } from "node:path";
import { opencodeBinary } from "./host-process.ts";

export interface OneShotRun {
  code: number;
  /** What it printed to standard output. */
  out: string;
}

/** Runs `opencode run` to its end in a project, with the settings and installed plugin of this home but sessions of its own; `more` is added to its environment. */
export async function oneShotRun(
  home: string,
  directory: string,
  agent: string,
  prompt: string,
  more: Record<string, string> = {},
): Promise<OneShotRun> {
  const env: Record<string, string> = {
    ...more,
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    OPENCODE_TEST_HOME: home,
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
  };
  for (const kind of ["config", "cache"]) env[`XDG_${kind.toUpperCase()}_HOME`] = join(home, kind);
  for (const kind of ["data", "state"]) env[`XDG_${kind.toUpperCase()}_HOME`] = join(home, `run-${kind}`);
  const child = Bun.spawn([opencodeBinary(), "run", "--agent", agent, prompt], {
    cwd: directory,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  const [out, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  return { code, out };
}
