import { isAbsolute, join, relative } from "node:path";
import { OhmymktError } from "../../errors.ts";
import { textOption, type OperatorCommand } from "./operator.ts";
import { operate } from "./session.ts";

interface Earlier {
  hash: string;
  at: string;
  seq: number;
  bytes: number;
}

/** Puts an earlier revision of a governed file back. */
export const restore: OperatorCommand = {
  name: "restore",
  summary: "List the earlier revisions of a state file and put the last good one back.",
  positional: { syntax: "<path>", description: "the file, for example state/gates.json" },
  options: {
    "--hash <hash>": "the revision to put back, by its hash or the beginning of it",
    "--list": "only list, change nothing",
  },
  async run(input, session) {
    const path = pathInState(input.positional ?? "", session.directory);
    const document = await session.effects.documentByPath(path);
    const listOnly = input.options["list"] === true;
    return operate(session, "restore", async ({ documents }) => {
      const revisions = (await documents.history(path)).map(({ content, ...rest }) => ({
        ...rest,
        bytes: Buffer.byteLength(content),
      }));
      const table = renderHistory(path, revisions);
      if (listOnly) return { value: { path, revisions }, text: table };
      if (document === undefined) throw notGoverned(path);
      const wanted = textOption(input, "hash");
      const restored = await documents.restore(
        document,
        wanted === undefined ? undefined : wholeHash(path, revisions, wanted),
      );
      const { hash, revision, origin } = restored;
      return {
        value: { path, revisions, restored: { hash, revision, origin } },
        text: `${table}\nRestored ${path} to ${short(hash)}; it is now revision ${revision} (${origin}).`,
      };
    });
  },
};

/** "state/gates.json" from that, from ".ohmymkt/state/gates.json", or from an absolute path in the project. */
function pathInState(given: string, directory: string): string {
  const below = isAbsolute(given)
    ? relative(join(directory, ".ohmymkt"), given)
    : given.replace(/^(?:\.[\\/])?(?:\.ohmymkt[\\/])?/, "");
  return below.replaceAll("\\", "/");
}

function wholeHash(path: string, revisions: readonly Earlier[], wanted: string): string {
  const fits = [...new Set(revisions.map(({ hash }) => hash).filter((hash) => hash.startsWith(wanted.toLowerCase())))];
  if (fits.length === 1 && fits[0] !== undefined) return fits[0];
  const list = (fits.length > 0 ? fits : revisions.map(({ hash }) => hash)).map(short).join(", ");
  throw new OhmymktError(
    fits.length > 1 ? "ambiguous" : "not_found",
    `--hash: expected one revision of ${path}, ${fits.length || "none"} begin with ${JSON.stringify(wanted)}`,
    {
      hint: list ? `take one of ${list}` : "this file has no earlier revisions",
    },
  );
}

function notGoverned(path: string): OhmymktError {
  return new OhmymktError("not_found", `expected a governed file below .ohmymkt/, got ${JSON.stringify(path)}`, {
    hint: "name one such as state/gates.json, boulder.json, plans/<name>.md or incidents/<id>.json",
  });
}

function renderHistory(path: string, revisions: readonly Earlier[]): string {
  if (revisions.length === 0) return `${path} has no earlier revisions.`;
  const rows = revisions.map(({ hash, at, seq, bytes }) => `  ${short(hash)}  ${at}  row ${seq}  ${bytes} bytes`);
  return [`Earlier revisions of ${path}, newest first:`, ...rows].join("\n");
}

function short(hash: string): string {
  return hash.slice(0, 12);
}
