import { deflateSync } from "node:zlib";

/** A real PNG of one colour. */
export function png(width = 8, height = 8): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const rows = Buffer.alloc((width * 3 + 1) * height, 0x7f);
  for (let row = 0; row < height; row += 1) rows[row * (width * 3 + 1)] = 0;
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(Bun.hash.crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** The first box of an MP4, and as much of nothing as wanted. */
export function mp4(padding = 64): Uint8Array {
  const first = Buffer.from("\0\0\0\x1cftypisom\0\0\x02\0isomiso2mp41", "latin1");
  return Buffer.concat([first, Buffer.alloc(padding)]);
}

/** An MP4 with the index of a film: a track of sound, and one of pictures. */
export function film(width: number, height: number, seconds: number): Uint8Array {
  const movie = Buffer.alloc(100);
  movie.writeUInt32BE(1000, 12);
  movie.writeUInt32BE(seconds * 1000, 16);
  const track = (wide: number, high: number): Buffer => {
    const header = Buffer.alloc(84);
    header.writeUInt32BE(wide * 65_536, 76);
    header.writeUInt32BE(high * 65_536, 80);
    return box("trak", box("tkhd", header));
  };
  return Buffer.concat([mp4(0), box("moov", box("mvhd", movie), track(width, height), track(0, 0))]);
}

function box(name: string, ...contents: Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(contents.reduce((sum, { length }) => sum + length, 8));
  head.write(name, 4, "latin1");
  return Buffer.concat([head, ...contents]);
}
