/** A Markdown file cut at its front matter: `yaml` is absent when the file has none; lines count from 1. */
export type SplitFile = { yaml?: string; yamlLine: number; body: string };

/** Front matter that could not be read, with the file and the line where it stands. */
export class FrontMatterError extends Error {
  readonly file: string;
  readonly line: number;

  constructor(file: string, line: number, message: string, cause?: unknown) {
    super(`${file}:${line}: ${message}`, cause === undefined ? undefined : { cause });
    this.name = "FrontMatterError";
    this.file = file;
    this.line = line;
  }
}

export type FrontMatter = { data: Record<string, unknown>; body: string; hasFrontMatter: boolean };

const FENCE = /^---[ \t]*$/;

/** Cuts a file at its two `---` lines; a third one belongs to the body. Throws when the block is never closed. */
export function splitFrontMatter(text: string, file: string): SplitFile {
  const lines = text
    .replace(/^\uFEFF/, "")
    .replaceAll("\r\n", "\n")
    .split("\n");
  if (!FENCE.test(lines[0] ?? "")) return { yamlLine: 0, body: lines.join("\n").trim() };
  const end = lines.findIndex((line, index) => index > 0 && FENCE.test(line));
  if (end === -1) {
    throw new FrontMatterError(
      file,
      1,
      "expected a second line `---` that closes the front matter, found the end of the file; add it below the last key.",
    );
  }
  return {
    yaml: lines.slice(1, end).join("\n"),
    yamlLine: 2,
    body: lines
      .slice(end + 1)
      .join("\n")
      .trim(),
  };
}

/** Parses a file whose front matter must be valid YAML; throws FrontMatterError. */
export function parseFrontMatter(text: string, file: string): FrontMatter {
  const split = splitFrontMatter(text, file);
  if (split.yaml === undefined) return { data: {}, body: split.body, hasFrontMatter: false };
  return {
    data: asMapping(parseYaml(split.yaml, file), file),
    body: split.body,
    hasFrontMatter: true,
  };
}

/**
 * Parses a file that a person wrote for this or another host: values with an unquoted colon are read as text,
 * and what still fails is located with the slower parser. Throws FrontMatterError with the exact line.
 */
export async function parseForgivingFrontMatter(text: string, file: string): Promise<FrontMatter> {
  const split = splitFrontMatter(text, file);
  if (split.yaml === undefined) return { data: {}, body: split.body, hasFrontMatter: false };
  const value = parsesAsYaml(split.yaml) ?? parsesAsYaml(quoteLooseValues(split.yaml));
  if (value === undefined) throw await locate(split.yaml, split.yamlLine, file);
  return { data: asMapping(value.parsed, file), body: split.body, hasFrontMatter: true };
}

function parseYaml(yaml: string, file: string): unknown {
  try {
    return Bun.YAML.parse(yaml);
  } catch (error) {
    throw new FrontMatterError(file, 2, `expected YAML between the two lines ---, but ${reason(error)}.`, error);
  }
}

function parsesAsYaml(yaml: string): { parsed: unknown } | undefined {
  try {
    return { parsed: Bun.YAML.parse(yaml) };
  } catch {
    return undefined; // the caller tries the forgiving reading, then reports the line
  }
}

async function locate(yaml: string, firstLine: number, file: string): Promise<FrontMatterError> {
  const { parseDocument } = await import("yaml");
  const [error] = parseDocument(yaml, { prettyErrors: false }).errors;
  if (error === undefined)
    return new FrontMatterError(file, firstLine, "expected valid YAML; quote values that contain a colon.");
  const line = firstLine + yaml.slice(0, error.pos[0]).split("\n").length - 1;
  return new FrontMatterError(
    file,
    line,
    `expected valid YAML: ${error.message}. Quote values that contain a colon.`,
    error,
  );
}

function asMapping(value: unknown, file: string): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (typeof value === "object" && !Array.isArray(value)) return { ...value };
  throw new FrontMatterError(
    file,
    2,
    `expected keys and values such as "description: …", found ${Array.isArray(value) ? "a list" : "plain text"}.`,
  );
}

/** Claude's own files often hold `description: Use it when: …`, which is not YAML but is what people meant. */
function quoteLooseValues(yaml: string): string {
  return yaml
    .split("\n")
    .map((line) => {
      const [, key, value] = /^([A-Za-z_][\w-]*):[ \t]+([^\s"'[{|>&*!%@`].*)$/.exec(line) ?? [];
      return key === undefined || value === undefined || !/:(\s|$)/.test(value)
        ? line
        : `${key}: ${JSON.stringify(value.trim())}`;
    })
    .join("\n");
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
