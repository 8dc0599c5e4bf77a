import { Argument, Command } from "commander";
import type { OhmymktTool, ToolOutcome } from "../../tools/ohmymkt/define.ts";
import { EXIT_HELP } from "./exit.ts";
import type { OperatorCommand } from "./operator.ts";
import { toolContext, type CliEffects, type Session } from "./session.ts";
import { commandName, describeTool, toolArguments } from "./tool-command.ts";

/** The options that every command takes, before or after its name. */
export interface CommonOptions {
  json?: boolean;
  yes?: boolean;
  directory?: string;
}

/** Runs what a command does, inside a session on the project that its common options name. */
export type Execute = (options: CommonOptions, work: (session: Session) => Promise<ToolOutcome>) => Promise<void>;

interface Parts {
  effects: CliEffects;
  tools: readonly OhmymktTool[];
  operators: readonly OperatorCommand[];
  execute: Execute;
}

/** The whole command line as data for commander; it throws its errors instead of leaving the process. */
export function buildProgram({ effects, tools, operators, execute }: Parts): Command {
  const { terminal, version } = effects;
  const program = new Command("ohmymkt")
    .description("Governed marketing execution: plans, gates, campaigns, cycles, incidents and reports.")
    .version(version, "--version", "print the version")
    .helpCommand(false)
    .usage("<command> [options]")
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({
      helpWidth: terminal.columns,
      subcommandTerm: (command) => command.name(),
      subcommandDescription: (command) => oneLine(command.description(), terminal.columns - 24),
    })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: () => undefined,
      getOutHasColors: () => false,
      getOutHelpWidth: () => terminal.columns,
    })
    .addHelpText("after", `\nThe options of a command: ohmymkt <command> --help\n\n${EXIT_HELP}`);
  withCommonOptions(program);
  const taken = new Set(operators.map(({ name }) => name));
  const describers = new Map<string, () => void>();
  for (const tool of tools.filter(({ name }) => !taken.has(commandName(name)))) {
    const command = program.command(commandName(tool.name)).description(tool.summary);
    describers.set(command.name(), () => addTool(command, tool, effects, execute));
  }
  for (const operator of operators) addOperator(program, operator, execute);
  return program.hook("preSubcommand", (_program, command) => describers.get(command.name())?.());
}

function addTool(command: Command, tool: OhmymktTool, { readText }: CliEffects, execute: Execute): void {
  const parameters = describeTool(command, tool);
  withCommonOptions(command).action(async () => {
    const args = toolArguments(command, parameters, readText);
    await execute(command.optsWithGlobals(), async (session) => tool.call(args, await toolContext(session, tool.name)));
  });
}

function addOperator(program: Command, operator: OperatorCommand, execute: Execute): void {
  const command = program.command(operator.name).description(operator.summary);
  if (operator.positional !== undefined) {
    const argument = new Argument(operator.positional.syntax, operator.positional.description);
    command.addArgument(
      operator.positional.choices === undefined ? argument : argument.choices(operator.positional.choices),
    );
  }
  for (const [syntax, description] of Object.entries(operator.options)) command.option(syntax, description);
  withCommonOptions(command).action(() =>
    execute(command.optsWithGlobals(), (session) =>
      operator.run({ positional: command.args[0], options: command.opts() }, session),
    ),
  );
}

function withCommonOptions(command: Command): Command {
  return command
    .option("--json", "print the result, or the error, as JSON")
    .option("--yes", "approve what a person must approve")
    .option("--directory <dir>", "the project (default: the nearest folder above with .ohmymkt, else here)")
    .helpOption("--help", "show this help");
}

/** The first sentence, cut at a word where it does not fit. */
function oneLine(description: string, width: number): string {
  const sentence = /^.*?[.;](?=\s|$)/s.exec(description)?.[0].replace(/[.;]$/, "") ?? description;
  if (sentence.length <= width) return sentence;
  return `${sentence.slice(0, Math.max(width - 1, 10)).replace(/\s+\S*$/, "")}…`;
}
