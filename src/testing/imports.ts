/** One import of a module: `kind` says whether it is gone at run time (`type`), loaded at start or on demand. */
export interface FoundImport {
  specifier: string;
  kind: "static" | "type" | "dynamic";
}

const FROM = /^[ \t]*(import|export)\b(\s+type\b(?!\s*(?:,|from\b)))?([^;"'`()]*?)\bfrom\s*["']([^"']+)["']/gm;
const BARE = /^[ \t]*import\s*["']([^"']+)["']/gm;
const CALL = /(typeof\s+)?\b(?:import|require)\s*\(\s*(?:["']([^"']+)["'])?/g;
const COMMENT = /^[ \t]*\/\*[\s\S]*?\*\/|(?<=^|[\s;,{}()])\/\/(?![^\n]*["'`][^\n]*from).*$/gm;

/**
 * Every import of a TypeScript source, type-only and dynamic ones included, which a transpiler leaves out.
 * A dynamic import of something other than a literal is reported with the specifier `?`.
 */
export function findImports(source: string): FoundImport[] {
  const text = source.replaceAll(COMMENT, "");
  const found: FoundImport[] = [];
  for (const [, , type, , specifier = ""] of text.matchAll(FROM)) found.push({ specifier, kind: type ? "type" : "static" });
  for (const [, specifier = ""] of text.matchAll(BARE)) found.push({ specifier, kind: "static" });
  for (const match of text.matchAll(CALL)) found.push({ specifier: match[2] ?? "?", kind: match[1] ? "type" : "dynamic" });
  return found;
}
