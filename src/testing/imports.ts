/** One import of a module: a `type` import is gone at run time, a `dynamic` one is loaded on demand. */
export interface FoundImport {
  specifier: string;
  names: string[];
  kind: "static" | "type" | "dynamic";
}

const STRING = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/;
/** A slash opens a regular expression only where no value can stand before it. */
const REGEX = /(?<=(?:[=(,:[!&|?{};]|\breturn)\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//;
const TOKEN = new RegExp(`(?<literal>${STRING.source}|${REGEX.source})|${COMMENT.source}`, "g");

const FROM =
  /^[ \t]*(?:import|export)\b(?<type>\s+type\b(?!\s*(?:,|from\b)))?(?<names>[^;"'`()]*?)\bfrom\s*["'](?<from>[^"']+)["']/gm;
const BARE = /^[ \t]*import\s*["'](?<from>[^"']+)["']/gm;
const CALL = /(?<type>\btypeof\s+)?\b(?:import|require)\s*\(\s*(?:["'`](?<from>[^"'`]+)["'`])?/g;

/** The source without its comments; strings stay. */
export function withoutComments(source: string): string {
  return source.replace(TOKEN, (match, literal: string | undefined) => (literal === undefined ? " " : match));
}

/**
 * Every import and re-export of a TypeScript source, type-only and dynamic ones included, which a transpiler leaves out.
 * A dynamic import of something other than a literal has the specifier `?`.
 */
export function findImports(source: string): FoundImport[] {
  const code = withoutComments(source);
  return [
    ...[...code.matchAll(FROM)].map(({ groups }) => found(groups, "static")),
    ...[...code.matchAll(BARE)].map(({ groups }) => found(groups, "static")),
    ...[...code.matchAll(CALL)].map(({ groups }) => found(groups, "dynamic")),
  ];
}

function found(groups: Record<string, string | undefined> | undefined, kind: "static" | "dynamic"): FoundImport {
  const names = (groups?.["names"] ?? "").split(/[{},\s]+/).filter((word) => /^\w+$/.test(word) && word !== "type");
  return { specifier: groups?.["from"] ?? "?", names, kind: groups?.["type"] ? "type" : kind };
}
