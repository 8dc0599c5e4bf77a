import { crc32, deflateRawSync } from "node:zlib";

/** One entry of a zip; the second group of fields lies about it, for hostile archives. */
export interface ZipFile {
  name: string;
  text: string | Uint8Array;
  /** Compress it; otherwise it is stored. */
  deflate?: boolean;
  /** Unix mode in the upper half, as `external attributes` are. */
  mode?: number;
  /** Sets the flag of an encrypted entry. */
  encrypted?: boolean;
  /** States this uncompressed size instead of the real one. */
  statedSize?: number;
  /** States this checksum instead of the real one. */
  statedSum?: number;
}

const DOS_DAY = 0x5d75;
const UNIX = 3 << 8;

/** Writes a zip without directories or data descriptors (APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16). */
export function writeZip(files: readonly ZipFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const file of files) {
    const { name, common, data } = packed(file);
    const local = record([[4, 0x04034b50], ...common, [2, 0]], name);
    const attributes = ((file.mode ?? 0o100644) << 16) >>> 0;
    directory.push(
      record(
        [[4, 0x02014b50], [2, UNIX | 20], ...common, [2, 0], [2, 0], [2, 0], [2, 0], [4, attributes], [4, offset]],
        name,
      ),
    );
    parts.push(local, data);
    offset += local.length + data.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = record([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, size],
    [4, offset],
    [2, 0],
  ]);
  return Buffer.concat([...parts, ...directory, end]);
}

type Field = [bytes: 2 | 4, value: number];

function packed(file: ZipFile): { name: Uint8Array; common: Field[]; data: Uint8Array } {
  const content = Buffer.from(file.text);
  const plain = file.deflate ? deflateRawSync(content) : content;
  // Twelve bytes of key material stand before encrypted data (APPNOTE 6.1.3).
  const data = file.encrypted ? Buffer.concat([Buffer.alloc(12), plain]) : plain;
  const name = Buffer.from(file.name);
  const common: Field[] = [
    [2, 20],
    // Bit 11: the name is UTF-8. Bit 0: the data is encrypted.
    [2, 0x800 | (file.encrypted ? 1 : 0)],
    [2, file.deflate ? 8 : 0],
    [2, 0],
    [2, DOS_DAY],
    [4, file.statedSum ?? crc32(content)],
    [4, data.length],
    [4, file.statedSize ?? content.length],
    [2, name.length],
  ];
  return { name, common, data };
}

function record(fields: readonly Field[], name: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = Buffer.alloc(fields.reduce((sum, [size]) => sum + size, 0));
  let at = 0;
  for (const [size, value] of fields) {
    bytes.writeUIntLE(value, at, size);
    at += size;
  }
  return Buffer.concat([bytes, name]);
}
