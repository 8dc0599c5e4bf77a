import { OhmymktError, type ErrorCode } from "../../errors.ts";

/** Exit codes of the command line; scripts rely on them. */
export const EXIT = { ok: 0, refused: 1, usage: 2, interrupted: 130 } as const;

export const EXIT_HELP = [
  "Exit codes:",
  `  ${EXIT.ok}    done`,
  `  ${EXIT.refused}    refused or failed; the message says why and what to do next`,
  `  ${EXIT.usage}    the command line is wrong (error code invalid_arguments); nothing was changed`,
  `  ${EXIT.interrupted}  interrupted with Ctrl-C`,
].join("\n");

/** Only the error's code decides: `invalid_arguments` is a wrong command line, whoever noticed it. */
export function exitCode(error: unknown): number {
  return error instanceof OhmymktError && error.code === "invalid_arguments" ? EXIT.usage : EXIT.refused;
}

/** What `--json` prints for an error. */
export function errorValue(error: unknown): { error: { code: ErrorCode; message: string; hint?: string } } {
  if (error instanceof OhmymktError) {
    return {
      error: { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) },
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    error: {
      code: "internal",
      message,
      hint: "this is a defect of ohmymkt; please report it with the call that caused it",
    },
  };
}
