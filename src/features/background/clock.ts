/** Time as background work needs it; tests turn it by hand. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal fires; never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export function systemClock(now: () => number): Clock {
  return {
    now,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", end);
          resolve();
        };
        const timer = setTimeout(end, signal?.aborted === true ? 0 : ms);
        signal?.addEventListener("abort", end, { once: true });
      }),
  };
}
