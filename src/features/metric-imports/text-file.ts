import { createHash } from "node:crypto";
import { refusedFile } from "./import-error.ts";

const HEAD_BYTES = 65_536;
/** Disks hand over larger pieces; the rows of one piece are in memory together. */
const PIECE_BYTES = 32_768;
/** Control characters that text has no use for; a stray one in a query is no reason to refuse a file. */
const CONTROL = /[^\P{Cc}\s]/gu;
const MOST_CONTROL = 8;

type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** A file that was read once from end to end: it is text, and this is how. */
export interface TextFile {
  name: string;
  bytes: number;
  sha256: string;
  encoding: Encoding;
  /** The text of its first 64 KiB, lines ended by `\n`. */
  head: string;
  /** The whole text again, lines ended by `\n`. */
  text(): AsyncIterable<string>;
}

/** What the first bytes of common files that are not CSV look like, and what to do about each. */
const OTHER_KINDS: readonly { starts: string | RegExp; is: string; next: string }[] = [
  { starts: "PK\u0003\u0004", is: "a zip inside an archive", next: "unpack it and import the files one by one" },
  { starts: "\u00d0\u00cf\u0011\u00e0", is: "an old Excel workbook", next: "export it as CSV" },
  { starts: "%PDF", is: "a PDF", next: "export it as CSV" },
  { starts: "\u001f\u008b", is: "a gzip archive", next: "unpack it first" },
  {
    starts: /^(?:\u00ef\u00bb\u00bf)?\s*<(?:!doctype|html|head|\?xml|!--)/i,
    is: "a web page, most likely a sign-in page that was saved under this name",
    next: "sign in and download the export again",
  },
  { starts: /^(?:\u00ef\u00bb\u00bf)?\s*[{[]\s*["{[]/, is: "JSON", next: "export it as CSV" },
];

/** Reads a file once to find its encoding and its hash; refuses what is empty or not text. */
export async function checkTextFile(name: string, open: () => AsyncIterable<Uint8Array>): Promise<TextFile> {
  const hash = createHash("sha256");
  const strict = new TextDecoder("utf-8", { fatal: true });
  const first: Uint8Array[] = [];
  let bytes = 0;
  let utf8 = true;
  let zeros = false;
  for await (const piece of open()) {
    hash.update(piece);
    if (bytes < HEAD_BYTES) first.push(Uint8Array.from(piece));
    bytes += piece.length;
    zeros ||= piece.includes(0);
    if (!utf8) continue;
    try {
      // The flush is left out on purpose: a file that was cut inside a character is still UTF-8.
      strict.decode(piece, { stream: true });
    } catch {
      utf8 = false;
    }
  }
  if (bytes === 0) throw refusedFile(name, "the file is empty", "export it again");
  const head = Buffer.concat(first).subarray(0, HEAD_BYTES);
  const encoding = encodingOf(head, utf8);
  refuseOtherKinds(name, head, zeros && !encoding.startsWith("utf-16"));
  const headText = (text: string): string => text.replace(/\r\n?/g, "\n");
  const decoded = headText(new TextDecoder(encoding).decode(head, { stream: true }));
  if ((decoded.match(CONTROL)?.length ?? 0) > MOST_CONTROL)
    throw refusedFile(name, "expected text, got binary data", "export it as CSV");
  if (decoded.trim() === "") throw refusedFile(name, "the file has no text", "export it again");
  return { name, bytes, sha256: hash.digest("hex"), encoding, head: decoded, text: () => readText(open(), encoding) };
}

function encodingOf(head: Uint8Array, utf8: boolean): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return utf8 ? "utf-8" : "windows-1252";
}

function refuseOtherKinds(name: string, head: Uint8Array, zeros: boolean): void {
  const start = Buffer.from(head.subarray(0, 256)).toString("latin1");
  const kind = OTHER_KINDS.find(({ starts }) =>
    typeof starts === "string" ? start.startsWith(starts) : starts.test(start),
  );
  if (kind) throw refusedFile(name, `expected CSV text, got ${kind.is}`, kind.next);
  if (zeros) {
    throw refusedFile(
      name,
      "expected text, got zero bytes: binary data, or UTF-16 without its mark",
      "export it as UTF-8 CSV",
    );
  }
}

async function* readText(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let held = "";
  for await (const piece of bytes) {
    for (let at = 0; at < piece.length; at += PIECE_BYTES) {
      const text = held + decoder.decode(piece.subarray(at, at + PIECE_BYTES), { stream: true });
      // A carriage return at the end of a piece may be the first half of a line end.
      held = text.endsWith("\r") ? "\r" : "";
      const whole = held === "" ? text : text.slice(0, -1);
      if (whole !== "") yield whole.includes("\r") ? whole.replace(/\r\n?/g, "\n") : whole;
    }
  }
  const last = held.replace("\r", "\n") + decoder.decode();
  if (last !== "") yield last;
}
