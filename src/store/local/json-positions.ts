/** Where each value of a JSON text begins, by its path as `pathKey` writes it; `fault` is the first syntax error. */
export interface JsonPositions {
  at: Map<string, number>;
  fault?: { offset: number; expected: string };
}

export function pathKey(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}

const MAX_DEPTH = 500;

class Fault extends Error {
  readonly offset: number;
  readonly expected: string;
  constructor(offset: number, expected: string) {
    super(expected);
    this.offset = offset;
    this.expected = expected;
  }
}

/** Walks a JSON text; `JSON.parse` of Bun names no position, and YAML readers accept more than JSON. */
export function jsonPositions(text: string): JsonPositions {
  const walk = new Walk(text);
  try {
    walk.document();
    return { at: walk.at };
  } catch (error) {
    if (error instanceof Fault) return { at: walk.at, fault: { offset: error.offset, expected: error.expected } };
    throw error;
  }
}

class Walk {
  readonly at = new Map<string, number>();
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value([]);
    this.#space();
    if (this.#offset < this.#text.length) throw new Fault(this.#offset, "the end of the file");
  }

  #value(path: readonly string[]): void {
    this.#space();
    if (path.length > MAX_DEPTH) throw new Fault(this.#offset, `at most ${MAX_DEPTH} levels`);
    this.at.set(JSON.stringify(path), this.#offset);
    const first = this.#text[this.#offset];
    if (first === "{") return this.#members("}", () => this.#member(path));
    if (first === "[") return this.#members("]", (index) => this.#value([...path, String(index)]));
    if (first === '"') return void this.#string();
    this.#take(/(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y, "a value");
  }

  #members(end: string, member: (index: number) => void): void {
    this.#offset += 1;
    this.#space();
    if (this.#text[this.#offset] === end) return void (this.#offset += 1);
    for (let index = 0; ; index += 1) {
      member(index);
      this.#space();
      const next = this.#text[this.#offset];
      if (next !== "," && next !== end) throw new Fault(this.#offset, `"," or "${end}"`);
      this.#offset += 1;
      if (next === end) return;
    }
  }

  #member(path: readonly string[]): void {
    this.#space();
    if (this.#text[this.#offset] !== '"') throw new Fault(this.#offset, "a name in double quotes");
    const name = this.#string();
    this.#space();
    if (this.#text[this.#offset] !== ":") throw new Fault(this.#offset, '":"');
    this.#offset += 1;
    this.#value([...path, name]);
  }

  #string(): string {
    const start = this.#offset;
    // A sticky pattern per piece, because one pattern for a whole string overflows the stack on long ones.
    this.#offset += 1;
    for (;;) {
      const piece = this.#match(/(?:[^"\\\p{Cc}]|[\u007f-\u009f])+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/uy);
      if (piece !== undefined) continue;
      if (this.#text[this.#offset] !== '"') throw new Fault(this.#offset, 'the rest of a string and "\\""');
      this.#offset += 1;
      return String(JSON.parse(this.#text.slice(start, this.#offset)));
    }
  }

  #take(pattern: RegExp, expected: string): void {
    if (this.#match(pattern) === undefined) throw new Fault(this.#offset, expected);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#offset += found.length;
    return found;
  }

  #space(): void {
    this.#match(/[ \t\r\n]+/y);
  }
}
