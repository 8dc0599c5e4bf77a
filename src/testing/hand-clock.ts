import type { Clock } from "../features/background/clock.ts";

/** A clock that stands still until the test turns it. */
export interface HandClock extends Clock {
  /** Lets everything due within so many milliseconds happen, in order, each with all that follows from it. */
  advance(ms: number): Promise<void>;
}

interface Timer {
  at: number;
  fire(): void;
}

/** `isBusy` says whether something that takes real time, such as a disk, is still under way. */
export function handClock(
  start = Date.parse("2026-12-01T09:00:00.000Z"),
  isBusy: () => boolean = () => false,
): HandClock {
  let now = start;
  const timers = new Set<Timer>();
  const calm = async (): Promise<void> => {
    for (let quiet = 0; quiet < 4; quiet = isBusy() ? 0 : quiet + 1)
      await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    now: () => now,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const timer: Timer = {
          at: now + Math.max(0, ms),
          fire: () => {
            timers.delete(timer);
            signal?.removeEventListener("abort", timer.fire);
            resolve();
          },
        };
        if (signal?.aborted === true) return resolve();
        timers.add(timer);
        signal?.addEventListener("abort", timer.fire, { once: true });
      }),
    async advance(ms) {
      const end = now + ms;
      await calm();
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
        if (!next) break;
        now = Math.max(now, next.at);
        next.fire();
        await calm();
      }
      now = end;
    },
  };
}
