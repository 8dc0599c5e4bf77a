/** What of a TrueType or OpenType file is needed to measure texts: OpenType 1.9, tables head, hhea, hmtx, cmap and name. */
export interface FontFile {
  family: string;
  /** Whether it has a glyph for a code point. */
  has(code: number): boolean;
  /** Advance of a code point in em; undefined where there is no glyph. */
  advance(code: number): number | undefined;
}

/** More code points than Unicode assigns; a file that maps more is broken. */
const MOST_CODES = 400_000;

/** Reads a .ttf, .otf or the first face of a .ttc; throws a `RangeError` or `TypeError` when it is something else or torn. */
export function readFont(bytes: Uint8Array): FontFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = readTables(view, tagAt(view, 0) === "ttcf" ? view.getUint32(12) : 0);
  const at = (tag: string): number => {
    const found = tables.get(tag);
    if (found === undefined) throw new TypeError(`no table ${tag}`);
    return found;
  };
  const unit = view.getUint16(at("head") + 18);
  const metrics = view.getUint16(at("hhea") + 34);
  const hmtx = at("hmtx");
  if (unit === 0 || metrics === 0) throw new TypeError("no measures");
  const glyphs = readCharacters(view, at("cmap"));
  return {
    family: readFamily(view, at("name")),
    has: (code) => glyphs.has(code),
    advance(code) {
      const glyph = glyphs.get(code);
      return glyph === undefined ? undefined : view.getUint16(hmtx + Math.min(glyph, metrics - 1) * 4) / unit;
    },
  };
}

function tagAt(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

function readTables(view: DataView, start: number): Map<string, number> {
  const kind = tagAt(view, start);
  if (kind !== "\0\u0001\0\0" && kind !== "OTTO" && kind !== "true")
    throw new TypeError("expected a TrueType or OpenType font");
  const tables = new Map<string, number>();
  for (let index = 0; index < view.getUint16(start + 4); index += 1) {
    const entry = start + 12 + index * 16;
    tables.set(tagAt(view, entry), view.getUint32(entry + 8));
  }
  return tables;
}

/** Code point → glyph, from the widest Unicode subtable of format 12 or 4. */
function readCharacters(view: DataView, cmap: number): Map<number, number> {
  const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, index) => {
    const entry = cmap + 4 + index * 8;
    const start = cmap + view.getUint32(entry + 4);
    return { platform: view.getUint16(entry), start, format: view.getUint16(start) };
  });
  const unicode = subtables.filter(({ platform }) => platform === 0 || platform === 3);
  const wide = unicode.find(({ format }) => format === 12);
  if (wide) return readGroups(view, wide.start);
  const narrow = unicode.find(({ format }) => format === 4);
  if (narrow) return readSegments(view, narrow.start);
  throw new TypeError("no table of Unicode characters");
}

function readGroups(view: DataView, start: number): Map<number, number> {
  const glyphs = new Map<number, number>();
  for (let index = 0; index < view.getUint32(start + 12); index += 1) {
    const group = start + 16 + index * 12;
    const [first, last, glyph] = [view.getUint32(group), view.getUint32(group + 4), view.getUint32(group + 8)];
    for (let code = first; code <= last; code += 1) {
      if (glyphs.size > MOST_CODES) throw new RangeError("too many characters");
      glyphs.set(code, glyph + code - first);
    }
  }
  return glyphs;
}

function readSegments(view: DataView, start: number): Map<number, number> {
  const glyphs = new Map<number, number>();
  const width = view.getUint16(start + 6);
  const [ends, starts] = [start + 14, start + 16 + width];
  for (let index = 0; index < width; index += 2) {
    const [first, last] = [view.getUint16(starts + index), view.getUint16(ends + index)];
    const delta = view.getUint16(starts + width + index);
    const rangeAt = starts + width * 2 + index;
    const range = view.getUint16(rangeAt);
    for (let code = first; code <= last && code < 0xff_ff; code += 1) {
      const found = range === 0 ? code : view.getUint16(rangeAt + range + (code - first) * 2);
      if (found !== 0) glyphs.set(code, (found + delta) & 0xff_ff);
    }
  }
  return glyphs;
}

/** Name 16 (typographic family), else 1, in its Windows encoding. */
function readFamily(view: DataView, name: number): string {
  const texts = name + view.getUint16(name + 4);
  const found = new Map<number, string>();
  for (let index = 0; index < view.getUint16(name + 2); index += 1) {
    const entry = name + 6 + index * 12;
    if (view.getUint16(entry) !== 3) continue;
    const [length, offset] = [view.getUint16(entry + 8), view.getUint16(entry + 10)];
    const units = Array.from({ length: length / 2 }, (_, unit) => view.getUint16(texts + offset + unit * 2));
    found.set(view.getUint16(entry + 6), String.fromCharCode(...units));
  }
  const family = found.get(16) ?? found.get(1);
  if (!family) throw new TypeError("no family name");
  return family;
}
