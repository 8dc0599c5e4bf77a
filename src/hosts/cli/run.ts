import { CommanderError } from "commander";
import { OhmymktError, renderError } from "../../errors.ts";
import { refuseAgents } from "./agent-shell.ts";
import { approvals } from "./approvals.ts";
import { errorValue, EXIT, exitCode } from "./exit.ts";
import type { OperatorCommand } from "./operator.ts";
import { buildProgram, type Execute } from "./program.ts";
import { projectDirectory } from "./project.ts";
import { restore } from "./restore.ts";
import { spend } from "./spend.ts";
import type { CliEffects } from "./session.ts";
import { commandName } from "./tool-command.ts";
import { verify } from "./verify.ts";

/** The commands for people that no agent has as a tool; the reference lists them too. */
export const OPERATORS: readonly OperatorCommand[] = [approvals, restore, spend, verify];

/** Runs one command line (without the program's name), prints its result and returns the exit code; never throws. */
export async function runCli(argv: readonly string[], effects: CliEffects): Promise<number> {
  const { terminal, signal } = effects;
  try {
    const program = buildProgram({
      effects,
      tools: await effects.tools(),
      operators: OPERATORS,
      execute: executor(effects),
    });
    await program.parseAsync(asTyped(argv, new Set(program.commands.map((command) => command.name()))), {
      from: "user",
    });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    const problem = error instanceof CommanderError ? usageError(error) : error;
    if (wantsJson(argv)) terminal.out(json(errorValue(problem)));
    else terminal.err(`${renderError(problem)}\n`);
    return signal.aborted ? EXIT.interrupted : exitCode(problem);
  } finally {
    terminal.close();
  }
}

function executor(effects: CliEffects): Execute {
  const { terminal } = effects;
  return async (options, work) => {
    const directory = projectDirectory({
      named: options.directory,
      cwd: effects.cwd,
      isFolder: (path) => effects.isFolder(path),
    });
    const store = await effects.openStore({ directory });
    try {
      if (options.yes === true) refuseAgents(effects, "use --yes");
      const { value, text } = await work({ effects, directory, store, yes: options.yes === true });
      terminal.out(options.json === true ? json(value) : text.endsWith("\n") ? text : `${text}\n`);
    } finally {
      await store.close();
    }
  };
}

/** Commander's words as one of our errors; its suggestion of the nearest name becomes the hint. */
function usageError(error: CommanderError): OhmymktError {
  const [problem = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = rest
    .join(" ")
    .trim()
    .replace(/^\((.*)\)$/, "$1");
  return new OhmymktError("invalid_arguments", problem, {
    hint: suggestion || "run ohmymkt --help, or ohmymkt <command> --help",
  });
}

/**
 * Nothing typed, and `help [command]`, are other words for `[command] --help`, which builds the options of that command;
 * messages name the tools, so a tool's name is as good as its command's. What follows an unknown command means nothing, not even `--help`.
 */
function asTyped(argv: readonly string[], commands: ReadonlySet<string>): readonly string[] {
  const [first = "--help", ...rest] = argv[0] === "help" ? [...argv.slice(1, 2), "--help"] : argv;
  if (first.startsWith("-")) return [first, ...rest];
  const name = commandName(first);
  return commands.has(name) ? [name, ...rest] : [first];
}

/** The command line could not be read, so this looks at the words themselves. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end === -1 ? argv : argv.slice(0, end)).includes("--json");
}

function json(value: unknown): string {
  return `${JSON.stringify(value ?? null, null, 2)}\n`;
}
