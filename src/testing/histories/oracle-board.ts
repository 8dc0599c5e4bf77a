const ITEMS = 40;

/** The sprint board, as far as the invariant goes: which of the four required fields each item lacks. */
export class OracleBoard {
  #missing: Set<string>[] | undefined;

  /** Makes the board of a new campaign; returns how many items it has. */
  begin(): number {
    this.#missing = Array.from({ length: ITEMS }, () => new Set<string>());
    return ITEMS;
  }

  get exists(): boolean {
    return this.#missing !== undefined;
  }

  take(item: number, field: string): void {
    this.#missing?.[item]?.add(field);
  }

  executable(): number | null {
    return this.#missing?.filter((missing) => missing.size === 0).length ?? null;
  }

  get whole(): boolean {
    return this.executable() === ITEMS;
  }

  /** The lacking items, each as its missing fields. */
  lacking(): string[] | null {
    return this.#missing?.map((missing) => [...missing].toSorted().join(",")).filter(Boolean) ?? null;
  }
}
