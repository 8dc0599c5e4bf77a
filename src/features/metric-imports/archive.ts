import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { OhmymktError } from "../../errors.ts";
import { refusedFile } from "./import-error.ts";
import type { ImportSource } from "./import-source.ts";

/** Limits of an archive: an export of Search Console has 7 files of at most 1,000 rows, so these leave room. */
export const ARCHIVE_LIMITS = { entries: 50, totalBytes: 536_870_912, ratio: 200, ratioFrom: 10_485_760 } as const;
export type ArchiveLimits = { readonly [name in keyof typeof ARCHIVE_LIMITS]: number };

/** One file of an archive. */
export interface ArchiveMember {
  name: string;
  /** Its bytes; a size or checksum that differs from what the archive says is refused at the end. */
  open(): AsyncIterable<Uint8Array>;
}

const SYMLINK = 0o12;
const HIDDEN = /(?:^|\/)(?:__MACOSX\/|\.)/;

/** Whether a file begins as a zip does. */
export async function isArchive(source: ImportSource): Promise<boolean> {
  let start = "";
  for await (const piece of source.bytes(0, 4)) start += Buffer.from(piece).toString("latin1");
  return start.startsWith("PK\u0003\u0004");
}

/** The text files of a zip after all its entries were judged; a hostile or damaged archive is refused as a whole. */
export async function openArchive(
  source: ImportSource,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<ArchiveMember[]> {
  const zip = await translated(source.name, () =>
    fromRandomAccessReaderPromise(new SourceReader(source), source.size, {
      autoClose: false,
      lazyEntries: true,
      // With a backslash in a name it is refused, not rewritten.
      strictFileNames: true,
      validateEntrySizes: true,
    }),
  );
  const entries = await translated(source.name, () => listEntries(source.name, zip, limits));
  refuseWorkbook(source.name, entries);
  const files = entries.filter(({ fileName }) => !fileName.endsWith("/") && !HIDDEN.test(fileName));
  refuseClashes(source.name, files);
  const readable = files.filter(({ fileName }) => /\.(?:csv|tsv|txt)$/i.test(fileName));
  if (readable.length === 0)
    throw refusedFile(source.name, "the archive holds no .csv, .tsv or .txt file", "export it as CSV");
  return readable.map((entry) => ({ name: baseName(entry.fileName), open: () => inflate(source.name, zip, entry) }));
}

async function listEntries(file: string, zip: ZipFile, limits: ArchiveLimits): Promise<Entry[]> {
  if (zip.entryCount > limits.entries) {
    throw unsafe(file, `expected at most ${limits.entries} files, got ${zip.entryCount}`);
  }
  const entries: Entry[] = [];
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    entries.push(entry);
    total += entry.uncompressedSize;
    judge(file, entry, limits);
    if (total > limits.totalBytes) throw unsafe(file, `unpacked it is larger than ${limits.totalBytes} bytes`);
  }
  return entries;
}

function judge(file: string, entry: Entry, limits: ArchiveLimits): void {
  const name = JSON.stringify(entry.fileName);
  if (entry.isEncrypted()) throw refusedFile(file, `${name} is encrypted`, "export it without a password");
  if (entry.externalFileAttributes >>> 28 === SYMLINK) throw unsafe(file, `${name} is a symbolic link`);
  if (/\.(?:zip|gz|7z|rar|tar)$/i.test(entry.fileName)) throw unsafe(file, `${name} is an archive inside the archive`);
  const { uncompressedSize: size, compressedSize: packed } = entry;
  if (size > limits.ratioFrom && size > packed * limits.ratio) {
    throw unsafe(file, `${name} would grow more than ${limits.ratio} times, to ${size} bytes`);
  }
}

function refuseWorkbook(file: string, entries: readonly Entry[]): void {
  const names = new Set(entries.map(({ fileName }) => fileName));
  if (names.has("[Content_Types].xml") || names.has("mimetype")) {
    throw refusedFile(file, "expected CSV or a zip of CSV files, got a spreadsheet", "export or save it as CSV");
  }
}

/** Two entries that differ in their folder or in case would be one table twice. */
function refuseClashes(file: string, entries: readonly Entry[]): void {
  const seen = new Set<string>();
  for (const { fileName } of entries) {
    const name = baseName(fileName).toLowerCase();
    if (seen.has(name)) throw unsafe(file, `two files are named ${JSON.stringify(baseName(fileName))}`);
    seen.add(name);
  }
}

async function* inflate(file: string, zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const stream = await translated(file, () => zip.openReadStreamPromise(entry));
  let sum = 0;
  try {
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      sum = crc32(piece, sum);
      yield piece;
    }
  } catch (error) {
    throw damaged(file, error);
  }
  if (sum !== entry.crc32) throw damaged(file, new Error(`the checksum of ${JSON.stringify(entry.fileName)} differs`));
}

/** Gives yauzl random access to a source. */
class SourceReader extends RandomAccessReader {
  readonly #source: ImportSource;

  constructor(source: ImportSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#source.bytes(start, end), { objectMode: false });
  }
}

async function translated<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof OhmymktError ? error : damaged(file, error);
  }
}

function damaged(file: string, error: unknown): OhmymktError {
  return refusedFile(
    file,
    `the archive is damaged or unsafe: ${error instanceof Error ? error.message : String(error)}`,
    "download it again",
  );
}

function unsafe(file: string, why: string): OhmymktError {
  return refusedFile(file, `the archive is not safe to read: ${why}`, "import the CSV files one by one");
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
