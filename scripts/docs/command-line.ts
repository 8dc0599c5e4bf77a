import { Command, type Option } from "commander";
import { ERROR_CODES, OhmymktError, type ErrorCode } from "../../src/errors.ts";
import { EXIT_HELP, exitCode } from "../../src/hosts/cli/exit.ts";
import type { OperatorCommand } from "../../src/hosts/cli/operator.ts";
import { buildProgram } from "../../src/hosts/cli/program.ts";
import { OPERATORS, runCli } from "../../src/hosts/cli/run.ts";
import type { CliEffects } from "../../src/hosts/cli/session.ts";
import { commandName, describeTool } from "../../src/hosts/cli/tool-command.ts";
import type { OhmymktTool } from "../../src/tools/ohmymkt/define.ts";

export interface OptionSource {
  flags: string;
  description: string;
}

export interface CommandSource {
  name: string;
  summary: string;
  /** The tool behind it; undefined for a command that only people have. */
  tool: string | undefined;
  positional: { syntax: string; description: string } | undefined;
  options: OptionSource[];
}

export interface CommandLine {
  commands: CommandSource[];
  common: OptionSource[];
  exits: { code: string; meaning: string }[];
  /** Error code → exit code. */
  exitOf: ReadonlyMap<string, number>;
  /** The commands that `ohmymkt --help` lists; all of them must be in `commands`. */
  listed: string[];
}

/** The command line as the real program builds it; nothing is run and nothing is opened. */
export async function commandLine(tools: readonly OhmymktTool[]): Promise<CommandLine> {
  const printed: string[] = [];
  const effects = idleEffects(tools, (text) => printed.push(text));
  const program = buildProgram({ effects, tools, operators: OPERATORS, execute: async () => undefined });
  await runCli(["--help"], effects);
  const codes = Object.keys(ERROR_CODES).filter(isErrorCode);
  const people = new Set(OPERATORS.map(({ name }) => name));
  return {
    commands: [
      ...tools.filter(({ name }) => !people.has(commandName(name))).map(toolCommand),
      ...OPERATORS.map(operatorCommand),
    ],
    common: program.options.filter(({ long }) => long !== "--version").map(optionSource),
    exits: [...EXIT_HELP.matchAll(/^ +(\d+) +(.+)$/gm)].map(([, code = "", meaning = ""]) => ({ code, meaning })),
    exitOf: new Map(codes.map((code) => [code, exitCode(new OhmymktError(code, ""))])),
    listed: [
      ...printed
        .join("")
        .replace(/^.*\nCommands:\n/s, "")
        .replace(/\n\n.*$/s, "")
        .matchAll(/^ {2}(\S+)/gm),
    ].map((match) => match[1] ?? ""),
  };
}

function isErrorCode(name: string): name is ErrorCode {
  return Object.hasOwn(ERROR_CODES, name);
}

function toolCommand(tool: OhmymktTool): CommandSource {
  const command = new Command(commandName(tool.name));
  describeTool(command, tool);
  const [argument] = command.registeredArguments;
  return {
    name: command.name(),
    summary: tool.summary,
    tool: tool.name,
    positional: argument && { syntax: `[${argument.name()}]`, description: argument.description },
    options: command.options.filter(({ hidden }) => !hidden).map(optionSource),
  };
}

function operatorCommand({ name, summary, positional, options }: OperatorCommand): CommandSource {
  return {
    name,
    summary,
    tool: undefined,
    positional: positional && { syntax: positional.syntax, description: positional.description },
    options: Object.entries(options).map(([flags, description]) => ({ flags, description })),
  };
}

function optionSource({ flags, description }: Option): OptionSource {
  return { flags, description };
}

/** A command line that only ever prints help. */
function idleEffects(tools: readonly OhmymktTool[], out: (text: string) => void): CliEffects {
  const terminal = {
    interactive: false,
    columns: 100,
    out,
    err: out,
    ask: async () => undefined,
    close: () => undefined,
  };
  return {
    version: "",
    cwd: "",
    terminal,
    signal: new AbortController().signal,
    agentShell: false,
    readText: () => "",
    isFolder: () => false,
    tools: async () => tools,
    openStore: () => Promise.reject(new OhmymktError("internal", "the documentation opens no store")),
    documentByPath: async () => undefined,
    newId: (prefix) => prefix,
    world: () => Promise.reject(new OhmymktError("internal", "the documentation reaches no provider")),
  };
}
