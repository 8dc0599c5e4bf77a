import { OhmymktError } from "./errors.ts";
import { TEMPLATE_FILES } from "./package-files.ts";

export { AGENT_FILES, TEMPLATE_FILES } from "./package-files.ts";

/** One template's text; throws `internal` when the package does not have it. */
export function template(path: string): string {
  const text = TEMPLATE_FILES[path];
  if (text === undefined) throw new OhmymktError("internal", `the package has no template ${path}`);
  return text;
}
