import { OhmymktError } from "../../errors.ts";

/** The machine-readable code of a system or SQLite error ("ENOSPC", "SQLITE_BUSY"), else an empty string. */
export function errorCode(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/** Whether another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(errorCode(error));
}

const NEXT_STEP: readonly [RegExp, string][] = [
  [/^(ENOSPC|EDQUOT|SQLITE_FULL)/, "the disk is full; free some space and repeat the call"],
  [/^(EROFS|SQLITE_READONLY)/, "the disk or file is read-only; make it writable and repeat the call"],
  [
    /^(EACCES|EPERM|SQLITE_PERM|SQLITE_AUTH)/,
    "this user may not write there; correct the permissions and repeat the call",
  ],
  [/^(EMFILE|ENFILE)/, "too many files are open; close some and repeat the call"],
  [
    /^(ENOTDIR|EISDIR|EEXIST|SQLITE_CANTOPEN)/,
    "check that .ohmymkt is a folder that this user may write to, then repeat the call",
  ],
  [/^(E[A-Z0-9]+$|SQLITE_(IOERR|NOMEM|NOLFS|PROTOCOL))/, "check the disk and repeat the call"],
];

/** Turns an error of the disk or the database into one with a code and a next step; every other error passes through. */
export function asStorageError(error: unknown, doing: string): unknown {
  if (error instanceof OhmymktError) return error;
  const code = errorCode(error);
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return corruptDatabase(error);
  const next = NEXT_STEP.find(([pattern]) => pattern.test(code));
  if (next === undefined) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new OhmymktError("storage", `could not ${doing}: ${detail} (${code}); nothing was changed`, {
    hint: next[1],
    cause: error,
  });
}

/** The error for a database file that is not one, or is damaged. */
export function corruptDatabase(cause: unknown, problem = "is not a database or is damaged"): OhmymktError {
  return new OhmymktError(
    "corrupt_document",
    `.ohmymkt/ohmymkt.db ${problem}; expected the SQLite database that ohmymkt keeps there`,
    {
      hint: "nothing was overwritten: put a backup of the file back, or move ohmymkt.db, ohmymkt.db-wal and ohmymkt.db-shm away to start with a new ledger over the present files",
      cause,
    },
  );
}
