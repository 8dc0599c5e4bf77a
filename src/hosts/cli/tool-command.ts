import { Option, type Command } from "commander";
import { OhmymktError } from "../../errors.ts";
import type { OhmymktTool } from "../../tools/ohmymkt/define.ts";
import { kebab, parametersOf, placeholder, type Kind, type Parameter } from "./parameters.ts";
import { POSITIONALS } from "./positionals.ts";
import { parameterValue, type ReadText } from "./values.ts";

/** "ohmymkt_run_cycle" → "run-cycle". */
export function commandName(tool: string): string {
  return kebab(tool.replace(/^ohmymkt_/, ""));
}

/** Gives a command the options and the positional of its tool; building the schema waits until the command is the one to run. */
export function describeTool(command: Command, tool: OhmymktTool): Parameter[] {
  const parameters = parametersOf(tool.args);
  const positional = parameters.find(({ name }) => name === POSITIONALS[command.name()]);
  if (positional !== undefined) {
    command.argument(`[${positional.flag}]`, describe(positional));
    command.usage(`${positional.required ? `<${positional.flag}>` : `[${positional.flag}]`} [options]`);
  }
  for (const parameter of parameters) {
    const description = parameter === positional ? `the same as <${parameter.flag}>` : describe(parameter);
    for (const option of optionsOf(parameter, description)) command.addOption(option);
  }
  if (tool.asks) command.addHelpText("after", "\nSome calls ask a person first; --yes answers for you.");
  return parameters;
}

/** The arguments of the call from what was typed; throws `invalid_arguments` for what is missing, doubled or unreadable. */
export function toolArguments(
  command: Command,
  parameters: readonly Parameter[],
  readText: ReadText,
): Record<string, unknown> {
  const given = new Map(
    parameters.flatMap((parameter) => {
      const texts = textsFor(command, parameter);
      return texts.length === 0 ? [] : [[parameter.name, parameterValue(parameter, texts, readText)] as const];
    }),
  );
  const missing = parameters.filter(({ name, required }) => required && !given.has(name));
  if (missing.length > 0) throw missingError(command, missing);
  return Object.fromEntries(given);
}

function textsFor(command: Command, parameter: Parameter): string[] {
  const typed: unknown = command.getOptionValue(attribute(parameter));
  const texts = Array.isArray(typed) ? typed.map(String) : typeof typed === "boolean" ? [String(typed)] : [];
  const positional = POSITIONALS[command.name()] === parameter.name ? command.args[0] : undefined;
  if (positional === undefined) return texts;
  if (texts.length === 0) return [positional];
  throw new OhmymktError(
    "invalid_arguments",
    `${parameter.flag} was given twice: ${JSON.stringify(positional)} and --${parameter.flag}`,
    { hint: "give it once" },
  );
}

function missingError(command: Command, missing: readonly Parameter[]): OhmymktError {
  const names = missing.map(({ flag, kind, name }) => {
    const allowed = kind.kind === "choice" ? ` (${kind.values.join(", ")})` : "";
    return `${POSITIONALS[command.name()] === name ? `<${flag}>` : `--${flag}`}${allowed}`;
  });
  return new OhmymktError("invalid_arguments", `${command.name()}: missing ${names.join(", ")}`, {
    hint: `ohmymkt ${command.name()} --help`,
  });
}

function optionsOf({ flag, kind }: Parameter, description: string): Option[] {
  if (kind.kind === "flag") return [new Option(`--${flag}`, description), new Option(`--no-${flag}`).hideHelp()];
  const option = new Option(`--${flag} <${placeholder(kind)}>`, description);
  return [option.argParser<string[]>((text, before) => [...(before ?? []), text])];
}

function attribute({ flag }: Parameter): string {
  return new Option(`--${flag}`).attributeName();
}

function describe({ description, kind, required, default: fallback }: Parameter): string {
  const notes = [
    required && "required",
    isLongChoice(kind) && `one of ${kind.values.join(", ")}`,
    kind.kind === "json" && `${kind.shape || "JSON"} as JSON or @file.json`,
    (kind.kind === "list" || (kind.kind === "json" && kind.list)) && "repeat for more",
    fallback !== undefined && `default ${JSON.stringify(fallback)}`,
  ].filter((note) => typeof note === "string");
  return [description, notes.length > 0 ? `(${notes.join("; ")})` : ""].filter(Boolean).join(" ");
}

function isLongChoice(kind: Kind): kind is Kind & { kind: "choice" } {
  return kind.kind === "choice" && placeholder(kind) === "choice";
}
