import { jsonPositions, pathKey } from "./json-positions.ts";

/** What is wrong and where, as an offset into the text. */
export interface Fault {
  offset?: number | undefined;
  problem: string;
}

/** A parsed file; `offsetOf` finds the place of a member, or of its nearest parent. */
export type Parsed =
  | { ok: true; value: unknown; offsetOf(path: readonly PropertyKey[]): number | undefined }
  | { ok: false; fault: Fault };

export function parseJson(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value, offsetOf: (path) => nearest(path, (part) => jsonPositions(text).at.get(pathKey(part))) };
  } catch (error) {
    if (text.trim() === "") return { ok: false, fault: { offset: 0, problem: "expected JSON, got an empty file" } };
    const { fault } = jsonPositions(text);
    if (fault === undefined) return { ok: false, fault: { problem: `is not JSON: ${String(error)}` } };
    const got =
      fault.offset >= text.length
        ? "the end of the file"
        : JSON.stringify(String.fromCodePoint(text.codePointAt(fault.offset) ?? 0));
    return {
      ok: false,
      fault: { offset: fault.offset, problem: `is not JSON: expected ${fault.expected}, got ${got}` },
    };
  }
}

/** Front matter between two `---` lines, the rest verbatim in `body`. */
export async function parseMarkdown(text: string): Promise<Parsed> {
  const opening = /^---[ \t]*\r?\n/.exec(text)?.[0];
  if (opening === undefined)
    return { ok: false, fault: { offset: 0, problem: 'expected YAML front matter that begins with a line "---"' } };
  const closing = /^---[ \t]*(?:\r?\n|$(?![\s\S]))/m.exec(text.slice(opening.length));
  if (closing === null)
    return {
      ok: false,
      fault: { offset: text.length, problem: 'expected a line "---" after the front matter, got the end of the file' },
    };
  const front = text.slice(opening.length, opening.length + closing.index);
  const body = text.slice(opening.length + closing.index + closing[0].length);
  const { parseDocument, isNode, isMap, isPair } = await import("yaml");
  const yaml = parseDocument(front, { prettyErrors: false });
  const [problem] = yaml.errors;
  if (problem !== undefined)
    return {
      ok: false,
      fault: { offset: opening.length + problem.pos[0], problem: `is not YAML: ${problem.message}` },
    };
  if (yaml.has("body"))
    return {
      ok: false,
      fault: { offset: opening.length, problem: "body: expected below the front matter, got a member of it" },
    };
  const value: unknown = yaml.toJS();
  const offsetOf = (path: readonly PropertyKey[]): number | undefined => {
    const key = path.at(-1);
    const parent: unknown = path.length === 0 ? undefined : yaml.getIn(path.slice(0, -1).map(String), true);
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === String(key))
      : undefined;
    const node: unknown =
      pair?.key ??
      yaml.getIn(
        path.map((part) => (typeof part === "number" ? part : String(part))),
        true,
      );
    return isNode(node) && node.range ? opening.length + node.range[0] : undefined;
  };
  const members = typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value, body } : value;
  return { ok: true, value: members, offsetOf: (path) => nearest(path, offsetOf) };
}

function nearest(
  path: readonly PropertyKey[],
  offsetOf: (part: readonly PropertyKey[]) => number | undefined,
): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const offset = offsetOf(path.slice(0, length));
    if (offset !== undefined) return offset;
  }
  return undefined;
}
