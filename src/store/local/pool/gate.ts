import { dlopen } from "bun:ffi";
import { closeSync, openSync } from "node:fs";

/** Lets processes take turns in front of the database's write lock. It makes waiting fair; what is correct is decided by SQLite alone. */
export interface Gate {
  enter(): void;
  leave(): void;
  close(): void;
}

/** For a database that no other process can open. */
export const OPEN_GATE: Gate = { enter: () => undefined, leave: () => undefined, close: () => undefined };

const LIBRARIES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ["libc.so.6", "libc.so", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"],
  darwin: ["libSystem.B.dylib"],
};
const LOCK_EXCLUSIVE = 2;
const UNLOCK = 8;

type Flock = (fd: number, operation: number) => number;
let found: Flock | null | undefined;

/** A queue kept by the kernel (flock) on a file beside the database; undefined where the platform has none. The kernel frees it when its holder dies. */
export function kernelGate(path: string): Gate | undefined {
  found ??= findFlock();
  if (found === null) return undefined;
  const flock = found;
  const fd = openSync(path, "a");
  return {
    // A call that a signal interrupts returns early; going on without the gate costs fairness only.
    enter: () => void flock(fd, LOCK_EXCLUSIVE),
    leave: () => void flock(fd, UNLOCK),
    close: () => closeSync(fd),
  };
}

function findFlock(): Flock | null {
  for (const name of LIBRARIES[process.platform] ?? []) {
    try {
      return dlopen(name, { flock: { args: ["i32", "i32"], returns: "i32" } }).symbols.flock;
    } catch (error) {
      // Another C library, or a runtime without foreign calls: the next name, else waiting without turns.
      if (!(error instanceof Error)) throw error;
    }
  }
  return null;
}
