import { dirname, join, resolve } from "node:path";
import { OhmymktError } from "../../errors.ts";

/** The project directory (absolute): the one that was named, else the nearest above `cwd` that holds `.ohmymkt`, else `cwd`. */
export function projectDirectory(options: {
  named: string | undefined;
  cwd: string;
  isFolder: (path: string) => boolean;
}): string {
  const { named, cwd, isFolder } = options;
  if (named !== undefined) {
    const directory = resolve(cwd, named);
    if (isFolder(directory)) return directory;
    throw new OhmymktError("invalid_arguments", `--directory: expected a folder, got ${JSON.stringify(named)}`, {
      hint: "create the folder first or correct the path",
    });
  }
  for (let at = resolve(cwd); ; at = dirname(at)) {
    if (isFolder(join(at, ".ohmymkt"))) return at;
    if (dirname(at) === at) return resolve(cwd);
  }
}
