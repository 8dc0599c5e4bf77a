/** What the host's events say about sessions; the plugin's event hook feeds it. */
export interface SessionNews {
  /** Takes one event of the host, whatever it is. */
  hear(event: { type: string; properties?: unknown }): void;
  /** Resolves at the session's next idle event, or when the signal fires. */
  nextIdle(sessionID: string, signal: AbortSignal): Promise<void>;
  /** What the host last said went wrong in the session, outside any answer. */
  failure(sessionID: string): string | undefined;
  waitsForPerson(sessionID: string): boolean;
}

export interface NewsListener {
  /** Something happened in the session. */
  alive(sessionID: string): void;
  idle(sessionID: string): void;
  deleted(sessionID: string): void;
}

const ASKED = new Set(["permission.asked", "question.asked"]);
const ANSWERED = new Set(["permission.replied", "question.replied", "question.rejected"]);

export function createSessionNews(listener: NewsListener): SessionNews {
  const waiting = new Map<string, Set<() => void>>();
  const failures = new Map<string, string>();
  const open = new Map<string, Set<string>>();

  const idle = (session: string): void => {
    open.delete(session);
    for (const wake of waiting.get(session) ?? []) wake();
    listener.idle(session);
  };
  return {
    hear({ type, properties }) {
      const session =
        text(properties, "sessionID") ??
        text(member(properties, "part"), "sessionID") ??
        text(member(properties, "info"), "id");
      if (session === undefined) return;
      listener.alive(session);
      if (type === "session.idle") idle(session);
      if (type === "session.error")
        failures.set(
          session,
          text(member(member(properties, "error"), "data"), "message") ??
            text(member(properties, "error"), "name") ??
            "the host reported an error",
        );
      if (type === "session.status" && text(member(properties, "status"), "type") === "busy") failures.delete(session);
      if (type === "session.deleted") {
        failures.delete(session);
        for (const wake of waiting.get(session) ?? []) wake();
        listener.deleted(session);
      }
      const request = text(properties, "requestID") ?? text(properties, "id");
      if (ASKED.has(type) && request !== undefined) open.set(session, new Set([...(open.get(session) ?? []), request]));
      if (ANSWERED.has(type) && request !== undefined) open.get(session)?.delete(request);
    },
    nextIdle: (session, signal) =>
      new Promise((resolve) => {
        const wakers = waiting.get(session) ?? new Set();
        const wake = (): void => {
          wakers.delete(wake);
          if (wakers.size === 0) waiting.delete(session);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        if (signal.aborted) return resolve();
        wakers.add(wake);
        waiting.set(session, wakers);
        signal.addEventListener("abort", wake, { once: true });
      }),
    failure: (session) => failures.get(session),
    waitsForPerson: (session) => (open.get(session)?.size ?? 0) > 0,
  };
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function text(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === "string" ? found : undefined;
}
