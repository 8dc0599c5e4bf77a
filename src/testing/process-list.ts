import { readdirSync, readFileSync } from "node:fs";

/** Linux: process ids whose command line holds a text, zombies included when they are ours. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
      } catch {
        return false;
      }
    });
}

/** Linux: the same, children of this process only. */
export function childrenWith(text: string): number[] {
  return processesWith(text).filter((pid) => stateOf(pid)?.parent === process.pid);
}

/** Linux: children of this process that have ended and were not reaped. */
export function zombies(): number[] {
  return processesWith("").filter((pid) => {
    const found = stateOf(pid);
    return found?.state === "Z" && found.parent === process.pid;
  });
}

function stateOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const [, state = "", parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Waits until it is true, at most `ms`. */
export async function eventually(what: () => boolean, ms = 6000): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await Bun.sleep(20)) if (what()) return true;
  return what();
}
