import type { ToolOutcome } from "../../tools/ohmymkt/define.ts";
import type { Session } from "./session.ts";

/** What was typed after an operator command. */
export interface OperatorInput {
  positional: string | undefined;
  options: Readonly<Record<string, unknown>>;
}

/** A command for people that no agent has as a tool. */
export interface OperatorCommand {
  name: string;
  summary: string;
  /** `<name>` or `[name]`. */
  positional?: { syntax: string; description: string; choices?: readonly string[] };
  /** Option syntax → description. */
  options: Readonly<Record<string, string>>;
  run(input: OperatorInput, session: Session): Promise<ToolOutcome>;
}

/** The option's text, undefined when it was not given. */
export function textOption(input: OperatorInput, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === "string" ? value : undefined;
}
