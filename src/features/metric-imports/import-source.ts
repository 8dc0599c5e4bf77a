/** A file as bytes that can be read more than once; the disk stays with the caller. */
export interface ImportSource {
  /** File name without its folder. */
  name: string;
  /** Bytes. */
  size: number;
  /** The bytes from `start` to before `end`; all of them without arguments. Archives are read at random places. */
  bytes(start?: number, end?: number): AsyncIterable<Uint8Array>;
}
