/** 0 before `start`, 1 after `start + length` seconds, and eased between: quick at first, then slower. */
export function entered(seconds: number, start: number, length: number): number {
  const share = within((seconds - start) / length);
  return 1 - (1 - share) ** 3;
}

/** Eased at both ends. */
export function moved(seconds: number, start: number, length: number): number {
  const share = within((seconds - start) / length);
  return share < 0.5 ? 4 * share ** 3 : 1 - (-2 * share + 2) ** 3 / 2;
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
