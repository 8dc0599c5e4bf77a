/** Rows that are remembered at most are three quarters of this; at 16 bytes a slot the memory is 8 MiB. */
const SLOTS = 524_288;
const FULL = 0.75;
const WORDS = 4;

/** What is known of a row's subject: seen first, seen with the same values, or with other ones at that place. */
export type Sighting = "new" | "same" | { other: number };

/** The part of a subject that many rows share: table and day. */
export interface SubjectGroup {
  readonly low: number;
  readonly high: number;
}

/**
 * Remembers which subjects a file has named, in bounded memory: an open-addressing table of 64-bit hashes.
 * Two of 393,000 subjects share a hash with a probability of 4e-9 (birthday bound). Once full, new subjects are not remembered.
 */
export interface SeenRows {
  /** `subject` within `group` names the row; `values` is a hash of its values; `place`, from 1, finds it again. */
  meet(group: SubjectGroup, subject: string, values: number, place: number): Sighting;
  readonly full: boolean;
}

/** Hashes what many rows share once. */
export function subjectGroup(text: string): SubjectGroup {
  return { low: Bun.hash.xxHash32(text, 1), high: Bun.hash.xxHash32(text, 2) };
}

/** An empty memory of this many slots, a power of two; the system provides its pages as they are used. */
export function createSeenRows(slots: number = SLOTS): SeenRows {
  const table = new Uint32Array(slots * WORDS);
  let used = 0;

  const find = (low: number, high: number): number => {
    let slot = low & (slots - 1);
    for (;;) {
      const at = slot * WORDS;
      if (table[at + 3] === 0 || (table[at] === low && table[at + 1] === high)) return at;
      slot = (slot + 1) & (slots - 1);
    }
  };

  return {
    get full() {
      return used >= slots * FULL;
    },
    meet(group, subject, values, place) {
      const low = Bun.hash.xxHash32(subject, group.low);
      const high = Bun.hash.xxHash32(subject, group.high);
      const at = find(low, high);
      if (table[at + 3] !== 0) return table[at + 2] === values ? "same" : { other: table[at + 3] ?? 0 };
      if (used >= slots * FULL) return "new";
      table[at] = low;
      table[at + 1] = high;
      table[at + 2] = values;
      table[at + 3] = place;
      used += 1;
      return "new";
    },
  };
}

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

/** Mixes a value into an unsigned 32-bit hash (multipliers of MurmurHash3's finaliser, A. Appleby, public domain). */
export function mixValue(hash: number, value: number): number {
  double[0] = value;
  let mixed = hash ^ Math.imul(halves[0] ?? 0, 0x85eb_ca6b) ^ Math.imul(halves[1] ?? 0, 0xc2b2_ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
