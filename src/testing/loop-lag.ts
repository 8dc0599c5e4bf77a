const STEP_MS = 5;

/** How long this thread's event loop was blocked at worst while `work` ran, in milliseconds beyond the 5 of the clock that asks. */
export async function worstLag(work: () => Promise<unknown>): Promise<number> {
  let [last, worst] = [performance.now(), 0];
  const clock = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - STEP_MS);
    last = now;
  }, STEP_MS);
  try {
    await Bun.sleep(STEP_MS * 4);
    worst = 0;
    await work();
    await Bun.sleep(STEP_MS * 2);
    return worst;
  } finally {
    clearInterval(clock);
  }
}
