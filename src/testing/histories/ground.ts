import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openStore } from "../../store/open.ts";
import type { Store } from "../../store/store.ts";
import { MemoryProject } from "../memory-state.ts";
import { openMemoryStore } from "../memory-store.ts";

/** Where one history takes place: a store, and its files as a person at the keyboard reaches them. */
export interface Ground {
  open(now: () => Date): Store;
  /** The file below `.ohmymkt/`, or undefined. */
  read(path: string): Uint8Array | undefined;
  write(path: string, content: Uint8Array): void;
  remove(path: string): void;
  dispose(): void;
}
export type GroundKind = "local" | "memory";

/** `local` is the driver that ships, on a real disk; `memory` keeps its semantics and is several times faster. */
export const GROUNDS: Readonly<Record<GroundKind, () => Ground>> = { local: localGround, memory: memoryGround };

function localGround(): Ground {
  const directory = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "ohmymkt-history-"));
  const at = (path: string): string => join(directory, ".ohmymkt", path);
  return {
    open: (now) => openStore({ directory, sync: "off", now }),
    read: (path) => (existsSync(at(path)) ? readFileSync(at(path)) : undefined),
    write: (path, content) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), content);
    },
    remove: (path) => rmSync(at(path), { force: true }),
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function memoryGround(): Ground {
  const project = new MemoryProject();
  return {
    open: (now) => openMemoryStore(project, { now }),
    read: (path) => project.state.files.get(path),
    write: (path, content) => project.state.files.set(path, content),
    remove: (path) => project.state.files.delete(path),
    dispose: () => project.sql.close(),
  };
}
