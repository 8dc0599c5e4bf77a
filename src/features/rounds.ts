/** Pause between two rounds, milliseconds. */
export const ROUND_MS = 30_000;

/** Something that is looked after while the host runs. */
export interface Rounds {
  /** Begins the rounds, and makes one soon; further calls only hurry the next one. Does nothing after `stop`. */
  begin(): void;
  /** Ends the rounds for good; resolves when the running one is over. */
  stop(): Promise<void>;
}

export interface RoundsOptions {
  log(message: string): void;
  /** Repeats the work until the returned function is called. */
  every(ms: number, work: () => void): () => void;
}

/** Makes a round every half minute, one at a time; a failing one is logged once, and the next comes. */
export function createRounds(
  name: string,
  round: (isOver: () => boolean) => Promise<void>,
  { log, every }: RoundsOptions,
): Rounds {
  let stopEvery: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let over = false;
  let trouble = "";
  const guarded = async (): Promise<void> => {
    try {
      await round(() => over);
      trouble = "";
    } catch (error) {
      const message = `${name}: ${error instanceof Error ? error.message : String(error)}`;
      if (message !== trouble) log(message);
      trouble = message;
    }
  };
  const once = (): void => {
    if (over) return;
    running ??= guarded().finally(() => {
      running = undefined;
    });
  };
  return {
    begin() {
      if (over) return;
      stopEvery ??= every(ROUND_MS, once);
      once();
    },
    async stop() {
      over = true;
      stopEvery?.();
      stopEvery = undefined;
      await running;
    },
  };
}

/** What was said of each thing last, and when it is worth another look. */
export interface News {
  rests(id: string, now: number): boolean;
  /** Logs what is new; what stays as it was is looked at less and less often. An empty line is said silently. */
  hear(id: string, line: string, now: number): void;
  forget(id: string): void;
}

/** `longestMs` is the longest pause between two looks at one thing. */
export function createNews(log: (message: string) => void, longestMs: number): News {
  const said = new Map<string, { line: string; pause: number; next: number }>();
  return {
    rests: (id, now) => (said.get(id)?.next ?? 0) > now,
    hear(id, line, now) {
      const before = said.get(id);
      const same = before?.line === line;
      const pause = same ? Math.min(before.pause * 2, longestMs) : ROUND_MS;
      if (!same && line !== "") log(line);
      said.set(id, { line, pause, next: now + pause });
    },
    forget: (id) => void said.delete(id),
  };
}
