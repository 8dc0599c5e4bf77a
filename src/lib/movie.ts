/** How a film looks, by its own index; members that it does not tell are absent. */
interface Movie {
  /** Pixels. */
  width?: number;
  height?: number;
  seconds?: number;
}

/** Size and length of a whole MP4 (ISO/IEC 14496-12: §4.2 boxes, §8.2.2 mvhd, §8.3.2 tkhd); nothing of what is none. */
export function readMovie(bytes: Uint8Array): Movie {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Movie = {};
  for (const movie of boxes(view, { from: 0, to: view.byteLength }, "moov")) {
    for (const header of boxes(view, movie, "mvhd")) Object.assign(found, lengthOf(view, header));
    for (const track of boxes(view, movie, "trak"))
      for (const header of boxes(view, track, "tkhd")) Object.assign(found, sizeOf(view, header));
  }
  return found;
}

interface Place {
  from: number;
  to: number;
}

/** The contents of the boxes of one kind in a place. */
function* boxes(view: DataView, { from, to }: Place, kind: string): Generator<Place> {
  for (let at = from; at + 16 <= to;) {
    const stated = view.getUint32(at);
    // 1: the size stands behind the name, in 8 bytes; 0: the box is the last one.
    const head = stated === 1 ? 16 : 8;
    const size = stated === 1 ? Number(view.getBigUint64(at + 8)) : stated === 0 ? to - at : stated;
    if (size < head) return;
    const name = String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
    if (name === kind) yield { from: at + head, to: Math.min(to, at + size) };
    at += size;
  }
}

function lengthOf(view: DataView, { from, to }: Place): Movie {
  if (to - from < 32) return {};
  const long = view.getUint8(from) === 1;
  const unit = view.getUint32(from + (long ? 20 : 12));
  const units = long ? Number(view.getBigUint64(from + 24)) : view.getUint32(from + 16);
  return unit > 0 && units > 0 ? { seconds: Math.round((units / unit) * 1000) / 1000 } : {};
}

/** Tracks without a picture have no size. */
function sizeOf(view: DataView, { from, to }: Place): Movie {
  if (to - from < 84) return {};
  const at = from + (view.getUint8(from) === 1 ? 88 : 76);
  if (at + 8 > to) return {};
  const [width, height] = [view.getUint16(at), view.getUint16(at + 4)];
  return width > 0 && height > 0 ? { width, height } : {};
}
