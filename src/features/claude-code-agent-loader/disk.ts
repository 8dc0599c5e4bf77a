import { readdir, readFile, realpath, stat } from "node:fs/promises";

/** The four questions the project loader asks a disk; tests answer them from memory. */
export type AgentDisk = {
  /** Names in a directory; rejects with `code` ENOENT when there is none. */
  readDir(path: string): Promise<string[]>;
  readText(path: string): Promise<string>;
  /** Follows symbolic links; `size` in bytes. */
  stat(path: string): Promise<{ isDirectory: boolean; isFile: boolean; size: number }>;
  realPath(path: string): Promise<string>;
};

export const localDisk: AgentDisk = {
  readDir: (path) => readdir(path),
  readText: (path) => readFile(path, "utf8"),
  async stat(path) {
    const found = await stat(path);
    return { isDirectory: found.isDirectory(), isFile: found.isFile(), size: found.size };
  },
  realPath: (path) => realpath(path),
};
