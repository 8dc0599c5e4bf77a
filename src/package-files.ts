import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Every file of a package folder, path below it → text. */
function readFolder(folder: string): Record<string, string> {
  const root = join(import.meta.dir, "..", folder);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  return Object.fromEntries(
    paths.map((path) => [path.slice(root.length + 1).replaceAll("\\", "/"), readFileSync(path, "utf8")]),
  );
}

/** The package's agents, file name → Markdown. The build replaces this module by its values. */
export const AGENT_FILES: Record<string, string> = readFolder("agents");

/** The package's templates, path below `templates/` → text. */
export const TEMPLATE_FILES: Record<string, string> = readFolder("templates");
