import { OhmymktError } from "../../errors.ts";
import { isBusy } from "./failures.ts";

/** Milliseconds that SQLite itself may block the event loop while it waits for another connection. */
export const BLOCKING_WAIT_MS = 4;

const LONGEST_PAUSE_MS = 12;

/**
 * Repeats `attempt` while another connection holds the lock, with pauses of random length so that no waiter starves.
 * Throws `busy` after `timeoutMs`; every other error passes through.
 */
export async function whenFree<T>(timeoutMs: number, attempt: () => T): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() >= deadline) throw busy(timeoutMs, error);
    }
    await Bun.sleep(1 + Math.random() * LONGEST_PAUSE_MS);
  }
}

function busy(timeoutMs: number, cause: unknown): OhmymktError {
  return new OhmymktError(
    "busy",
    `another process held .ohmymkt/ohmymkt.db for more than ${timeoutMs} ms; nothing was changed`,
    {
      hint: "repeat the call; if it stays so, look for another ohmymkt process on this project that hangs",
      cause,
    },
  );
}
