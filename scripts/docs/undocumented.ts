import { membersOf } from "./schema.ts";
import { raisedCodes } from "./source-scan.ts";
import type { Sources } from "./sources.ts";

/** Everything in the sources that has no description, and everything in the code that no source lists; one line each. */
export function undocumented(sources: Sources): string[] {
  return [...withoutText(sources), ...notListed(sources)];
}

/** Error codes that no code raises; they may be reserved, so this is a remark and no failure. */
export function unusedCodes({ errors, code }: Sources): string[] {
  const raised = raisedCodes(code, Object.keys(errors));
  return Object.keys(errors)
    .filter((name) => !raised.has(name))
    .map((name) => `error code ${name} is raised nowhere in src/`);
}

function withoutText(sources: Sources): string[] {
  const { tools, gates, files, config, errors, agents, rules, formulas, measurable, cli } = sources;
  const texts: [what: string, ...texts: string[]][] = [
    ...tools.map(({ name, summary }): [string, string] => [`tool ${name} has no summary`, summary]),
    ...Object.entries(gates).flatMap(([gate, { fields }]) =>
      Object.entries(fields).map(([field, { need, remedy }]): [string, string, string] => [
        `gate field ${gate}.${field} has no need or no remedy`,
        need,
        remedy,
      ]),
    ),
    ...files.map(({ path, producer, consumer, trigger }): [string, string, string, string] => [
      `state file ${path} has no producer, consumer or trigger`,
      producer,
      consumer,
      trigger,
    ]),
    ...membersOf(config.schema, "input")
      .filter(({ path }) => !/[.[]/.test(path))
      .map(({ path, description }): [string, string] => [`config key ${path} has no .describe()`, description]),
    ...Object.entries(errors).map(([name, text]): [string, string] => [`error code ${name} has no text`, text]),
    ...agents.map(({ name, description }): [string, string] => [`agent ${name} has no description`, description]),
    ...rules.map(({ id, says }): [string, string] => [`decision rule ${id} does not say when it applies`, says]),
    ...Object.entries(formulas).map(([name, { says }]): [string, string] => [`signal ${name} has no formula`, says]),
    ...measurable.map(({ gate, field, counts }): [string, string] => [
      `measurable field ${gate}.${field} does not say what is counted`,
      counts,
    ]),
    ...cli.commands
      .filter(({ tool }) => tool === undefined)
      .flatMap(({ name, summary, options }) => [
        [`command ${name} has no summary`, summary] as [string, string],
        ...options.map(({ flags, description }): [string, string] => [
          `option ${flags} of ${name} has no description`,
          description,
        ]),
      ]),
  ];
  return texts.filter(([, ...parts]) => parts.some((part) => part.trim() === "")).map(([what]) => what);
}

function notListed(sources: Sources): string[] {
  const { tools, gates, files, agents, agentFiles, machines, measurable, cli, code } = sources;
  const text = Object.values(code).join("\n");
  const written = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? "");
  const missing = (found: readonly string[], known: readonly string[], what: (name: string) => string): string[] =>
    [...new Set(found)].filter((name) => !known.includes(name)).map(what);
  return [
    ...missing(
      written(/defineTool(?:<[^(]*>)?\(\{\s*name: "(\w+)"/g),
      tools.map(({ name }) => name),
      (name) => `tool ${name} is defined but not in TOOLS`,
    ),
    ...missing(
      written(/define(?:Document|Collection)\(\{\s*name: "([^"]+)"/g),
      [...files.map(({ name }) => name), "config"],
      (name) => `state document "${name}" is defined but not in the registry`,
    ),
    ...missing(
      written(/const (\w+_TRANSITIONS)\b/g),
      machines.map(({ constant }) => constant),
      (name) => `state machine ${name} is not in scripts/docs/sources.ts`,
    ),
    ...missing(
      measurable.map(({ gate, field }) => `${gate}.${field}`),
      Object.entries(gates).flatMap(([gate, { fields }]) => Object.keys(fields).map((field) => `${gate}.${field}`)),
      (name) => `measurable field ${name} is no gate field`,
    ),
    ...missing(
      cli.listed,
      cli.commands.map(({ name }) => name),
      (name) => `command ${name} is not in scripts/docs/command-line.ts`,
    ),
    ...missing(
      agentFiles.map((file) => file.replace(/\.md$/, "")),
      agents.map(({ name }) => name),
      (name) => `agent file agents/${name}.md is not loaded`,
    ),
  ];
}
