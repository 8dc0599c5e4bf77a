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

/** Linux: children of this process that have ended and were not reaped. */
export function zombies(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [, state, parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
        return state === "Z" && Number(parent) === process.pid;
      } catch {
        return false;
      }
    });
}

/** Waits until it is true, at most `ms`. */
export async function eventually(what: () => boolean, ms = 6000): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await Bun.sleep(50)) if (what()) return true;
  return what();
}
