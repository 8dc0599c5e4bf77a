import { z } from "zod";
import { OhmymktError } from "../../errors.ts";
import { type AgentDefinition, PackagedFrontMatter, parseGrant, type ToolGrant } from "./definition.ts";
import { parseFrontMatter } from "./front-matter.ts";

/** Reads the agents that ship with the package, by file name; throws on the first broken one; sorted by name. */
export function loadPackagedAgents(files: Record<string, string>): AgentDefinition[] {
  return Object.entries(files)
    .map(([file, text]) => packagedAgent(file, text))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function packagedAgent(file: string, text: string): AgentDefinition {
  const { data, body } = parseFrontMatter(text, file);
  const parsed = PackagedFrontMatter.safeParse(data);
  if (!parsed.success) throw broken(file, z.prettifyError(parsed.error));
  const { tools, steps, ...rest } = parsed.data;
  if (`${rest.name}.md` !== file) throw broken(file, `expected name: ${file.replace(/\.md$/, "")}, got ${rest.name}`);
  if (body === "") throw broken(file, "expected a prompt below the front matter, got nothing");
  return {
    ...rest,
    ...(steps === undefined ? {} : { steps }),
    tools: tools.map(parseGrant).filter((grant): grant is ToolGrant => grant !== undefined),
    prompt: body,
    origin: "package",
    file,
  };
}

function broken(file: string, message: string): OhmymktError {
  return new OhmymktError("internal", `agents/${file}: ${message}`, {
    hint: "this file ships with ohmymkt; install the package again or report it.",
  });
}
