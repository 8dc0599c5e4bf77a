import type { CommandSource, OptionSource } from "./command-line.ts";
import { code, page, table } from "./markdown.ts";
import type { Page } from "./pages.ts";
import type { Sources } from "./sources.ts";

const INTRO =
  "Every tool is a command of `ohmymkt`, its name in kebab case, and so are a few things that only people do. The person at the terminal may use every tool; where a call needs an approval, the terminal asks. In a shell that an agent opened nothing can be approved.";

const VALUES = [
  "- An argument is an option of the same name in kebab case: `expires_in_days` is `--expires-in-days 14`.",
  "- A list of simple values is the option repeated.",
  "- An object, or one entry of a list of objects, is JSON, or `@file.json` to read it from a file.",
  "- True or false is `--name` or `--no-name`.",
  "- The argument in square brackets after a command may stand without its option's name.",
].join("\n");

export function cliPage({ cli }: Sources): Page {
  const overview = table(
    ["Command", "What it does", "Tool"],
    cli.commands.map((command) => [
      `[${code(usage(command))}](#${command.name})`,
      command.summary,
      command.tool === undefined ? "–" : `[${code(command.tool)}](tools.md#${command.tool})`,
    ]),
  );
  return {
    path: "docs/reference/cli.md",
    text: page("Command line", INTRO, [
      { heading: "Commands", body: overview },
      {
        heading: "Common options",
        body: `Every command takes these, before or after its name.\n\n${optionTable(cli.common)}`,
      },
      { heading: "Values", body: VALUES },
      {
        heading: "Exit codes",
        body: table(
          ["Code", "Meaning"],
          cli.exits.map(({ code: exit, meaning }) => [exit, meaning]),
        ),
      },
      ...cli.commands.map((command) => ({ heading: command.name, body: commandText(command) })),
    ]),
    items: cli.commands.map(({ name }) => ({ kind: "command", name, mark: `## ${name}\n` })),
  };
}

function usage({ name, positional }: CommandSource): string {
  return positional ? `${name} ${positional.syntax}` : name;
}

function commandText(command: CommandSource): string {
  const rows = [
    ...(command.positional ? [{ flags: command.positional.syntax, description: command.positional.description }] : []),
    ...command.options,
  ];
  return [
    command.summary,
    "```text\nohmymkt " + usage(command) + (command.options.length > 0 ? " [options]" : "") + "\n```",
    ...(rows.length > 0 ? [optionTable(rows)] : []),
  ].join("\n\n");
}

function optionTable(options: readonly OptionSource[]): string {
  return table(
    ["Option", "Meaning"],
    options.map(({ flags, description }) => [code(flags), cleaned(description)]),
  );
}

/** A description that is nothing but remarks in parentheses loses them; an angle bracket is no HTML. */
function cleaned(description: string): string {
  return description.replace(/^\(([^()]*)\)$/, "$1").replaceAll("<", "&lt;");
}
