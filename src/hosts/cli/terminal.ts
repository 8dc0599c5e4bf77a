import { createInterface, type Interface } from "node:readline";

/** Where the command line writes and asks. */
export interface Terminal {
  /** Whether a person sits there: input and the stream of questions are both a terminal. */
  readonly interactive: boolean;
  /** Columns to fit help into. */
  readonly columns: number;
  out(text: string): void;
  err(text: string): void;
  /** The line that was typed; undefined when the input ended or the call was interrupted. */
  ask(question: string): Promise<string | undefined>;
  close(): void;
}

interface Streams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  signal: AbortSignal;
  /** False in an agent's shell, where nobody sits even if it looks like a terminal. */
  person?: boolean;
}

const PIPE_COLUMNS = 100;

/** The process's own terminal; questions go to stderr, so that stdout holds the result and nothing else. */
export function createTerminal({ stdin, stdout, stderr, signal, person = true }: Streams): Terminal {
  let reader: LineReader | undefined;
  return {
    interactive: person && stdin.isTTY && stderr.isTTY,
    columns: stdout.columns > 0 ? stdout.columns : PIPE_COLUMNS,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    async ask(question) {
      reader ??= new LineReader(stdin, signal);
      stderr.write(question);
      const line = await reader.next();
      if (line === undefined) stderr.write("\n");
      return line;
    },
    close: () => reader?.close(),
  };
}

/** One reader for all questions: a second one would lose the lines that the first had already taken. */
class LineReader {
  readonly #lines: string[] = [];
  readonly #interface: Interface;
  #waiting: ((line: string | undefined) => void) | undefined;
  #ended = false;

  constructor(stdin: NodeJS.ReadStream, signal: AbortSignal) {
    this.#interface = createInterface({ input: stdin, terminal: false });
    this.#interface.on("line", (line) => this.#deliver(line));
    this.#interface.on("close", () => this.#end());
    if (signal.aborted) this.close();
    else signal.addEventListener("abort", () => this.close(), { once: true });
  }

  next(): Promise<string | undefined> {
    const line = this.#lines.shift();
    if (line !== undefined || this.#ended) return Promise.resolve(line);
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  close(): void {
    this.#interface.close();
  }

  #deliver(line: string): void {
    if (this.#waiting === undefined) this.#lines.push(line);
    else this.#settle(line);
  }

  #end(): void {
    this.#ended = true;
    this.#settle(undefined);
  }

  #settle(line: string | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(line);
  }
}
