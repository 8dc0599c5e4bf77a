import { OhmymktError } from "../../errors.ts";

/** The refusal of a whole file: `invalid_arguments`, with what the person can do about it. */
export function refusedFile(file: string, message: string, hint: string): OhmymktError {
  return new OhmymktError("invalid_arguments", `${file}: ${message}`, { hint: `${hint}; nothing was imported` });
}
