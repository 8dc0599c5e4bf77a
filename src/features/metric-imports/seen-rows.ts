/** Rows that are remembered at most: 16 bytes each at three quarters full make 64 MiB. */
const MOST_SLOTS = 4_194_304;
const FIRST_SLOTS = 16_384;
const FULL = 0.75;
const WORDS = 4;

/** What is known of a row's subject: seen first, seen with the same values, or with other ones at that place. */
export type Sighting = "new" | "same" | { other: number };

/**
 * Remembers which subjects a file has named, in bounded memory: an open-addressing table of 64-bit hashes.
 * Two of three million subjects share a hash with a probability of 2.4e-7 (birthday bound). Once full, new subjects are not remembered.
 */
export interface SeenRows {
  /** `subject` is table, day and scope; `values` a hash of the values; `place` a number from 1 that finds the row again. */
  meet(subject: string, values: number, place: number): Sighting;
  readonly full: boolean;
}

/** An empty memory. */
export function createSeenRows(mostSlots: number = MOST_SLOTS): SeenRows {
  let slots = Math.min(FIRST_SLOTS, mostSlots);
  let table = new Uint32Array(slots * WORDS);
  let used = 0;
  let full = false;

  const find = (low: number, high: number): number => {
    let slot = low & (slots - 1);
    for (;;) {
      const at = slot * WORDS;
      if (table[at + 3] === 0 || (table[at] === low && table[at + 1] === high)) return at;
      slot = (slot + 1) & (slots - 1);
    }
  };
  const grow = (): void => {
    const old = table;
    slots *= 2;
    table = new Uint32Array(slots * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at + 3] === 0) continue;
      table.set(old.subarray(at, at + WORDS), find(old[at] ?? 0, old[at + 1] ?? 0));
    }
  };

  return {
    get full() {
      return full;
    },
    meet(subject, values, place) {
      const low = Bun.hash.xxHash32(subject, 1);
      const high = Bun.hash.xxHash32(subject, 2);
      const at = find(low, high);
      if (table[at + 3] !== 0) return table[at + 2] === values ? "same" : { other: table[at + 3] ?? 0 };
      if (full) return "new";
      table[at] = low;
      table[at + 1] = high;
      table[at + 2] = values;
      table[at + 3] = place;
      used += 1;
      if (used >= slots * FULL) {
        if (slots < mostSlots) grow();
        else full = true;
      }
      return "new";
    },
  };
}

const word = new Float64Array(1);
const halves = new Uint32Array(word.buffer);

/** Mixes a value into an unsigned 32-bit hash (multipliers of MurmurHash3's finaliser, A. Appleby, public domain). */
export function mixValue(hash: number, value: number): number {
  word[0] = value;
  let mixed = hash ^ Math.imul(halves[0] ?? 0, 0x85eb_ca6b) ^ Math.imul(halves[1] ?? 0, 0xc2b2_ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
