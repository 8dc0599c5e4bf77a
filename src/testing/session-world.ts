import type { Clock } from "../features/background/clock.ts";
import type { SessionRunner, SessionStart } from "../features/background/session-runner.ts";

/** How the agent of a started session behaves, as JSON in its prompt. */
export interface Behaviour {
  /** Milliseconds until its turn ends; without it, it hangs. */
  ms?: number;
  text?: string;
  /** Its model fails with this. */
  error?: string;
  /** Milliseconds for which it first waits for a person. */
  person?: number;
}

export interface WorldSession {
  id: string;
  parent: string | undefined;
  agent: string;
  title: string;
  busy: boolean;
  finished: boolean;
  aborted: boolean;
  error: string | undefined;
  waits: boolean;
  text: string;
  /** What ohmymkt said in it or returned to it. */
  heard: string[];
  denied: readonly string[];
}

/** The sessions of a host that outlive its process, with agents that behave as their prompts say. */
export interface SessionWorld extends SessionRunner {
  readonly sessions: Map<string, WorldSession>;
  /** The titles of the children that were ever prompted, once per prompt. */
  readonly prompted: string[];
  /** The most children that were busy at a time. */
  peak(): number;
  root(id?: string): WorldSession;
  /** Lets the session take a turn of so many milliseconds. */
  turn(id: string, ms: number): void;
  remove(id: string): void;
  /** Cuts every turn off, as the end of the process would. */
  crash(): void;
  /** Called when a session has no running turn any more. */
  onIdle: (sessionID: string) => void;
}

/** Milliseconds that a root takes to answer what it is told. */
const ANSWER_MS = 40;

export function sessionWorld(clock: Clock): SessionWorld {
  const sessions = new Map<string, WorldSession>();
  const prompted: string[] = [];
  const turns = new Map<string, AbortController>();
  let ids = 0;
  let peak = 0;

  const get = (id: string): WorldSession => {
    const session = sessions.get(id);
    if (!session) throw new Error(`no session ${id}`);
    return session;
  };
  const add = (fields: Partial<WorldSession> & { id: string }): WorldSession => {
    const session: WorldSession = {
      parent: undefined,
      agent: "lead",
      title: "",
      busy: false,
      finished: true,
      aborted: false,
      error: undefined,
      waits: false,
      text: "",
      heard: [],
      denied: [],
      ...fields,
    };
    sessions.set(session.id, session);
    return session;
  };
  const end = (session: WorldSession): void => {
    turns.get(session.id)?.abort();
    turns.delete(session.id);
    Object.assign(session, { busy: false, waits: false });
    world.onIdle(session.id);
  };
  const take = (session: WorldSession, behaviour: Behaviour): void => {
    const cut = new AbortController();
    turns.get(session.id)?.abort();
    turns.set(session.id, cut);
    Object.assign(session, { busy: true, finished: false, aborted: false, error: undefined });
    peak = Math.max(peak, [...sessions.values()].filter((one) => one.busy && one.parent !== undefined).length);
    const play = async (): Promise<void> => {
      if (behaviour.person !== undefined) {
        session.waits = true;
        await clock.wait(behaviour.person, cut.signal);
        session.waits = false;
      }
      if (behaviour.ms === undefined || cut.signal.aborted) return;
      await clock.wait(behaviour.ms, cut.signal);
      if (cut.signal.aborted) return;
      Object.assign(session, { finished: true, error: behaviour.error, text: behaviour.text ?? "" });
      end(session);
    };
    void play();
  };

  const world: SessionWorld = {
    sessions,
    prompted,
    peak: () => peak,
    onIdle: () => undefined,
    root: (id = "ses_root") => add({ id }),
    turn: (id, ms) => take(get(id), { ms }),
    remove(id) {
      turns.get(id)?.abort();
      sessions.delete(id);
    },
    crash() {
      for (const cut of turns.values()) cut.abort();
      turns.clear();
      for (const session of sessions.values())
        if (session.busy) Object.assign(session, { busy: false, waits: false, finished: false });
    },
    async start({ parent, agent, title, prompt, denied = [], created }: SessionStart) {
      if (agent === "missing") throw new Error("there is no such agent");
      const session = add({ id: `ses_${(ids += 1)}`, parent: get(parent).id, agent, title, denied, finished: false });
      await created?.(session.id);
      prompted.push(title);
      take(session, JSON.parse(prompt) as Behaviour);
      return session.id;
    },
    async idle(id, signal) {
      while (sessions.get(id)?.busy === true) {
        await clock.wait(10, signal);
        signal.throwIfAborted();
      }
    },
    async outcome(id) {
      const { finished, text, error, aborted } = get(id);
      const failure = aborted
        ? { message: "aborted", aborted }
        : error === undefined
          ? undefined
          : { message: error, aborted: false };
      return { finished: finished || aborted, text, tokens: 15, toolCalls: 0, ...(failure ? { error: failure } : {}) };
    },
    exists: async (id) => sessions.has(id),
    status: async (id) => (sessions.has(id) ? (get(id).busy ? "busy" : "idle") : "gone"),
    async abort(id) {
      const session = sessions.get(id);
      if (!session?.busy) return;
      session.aborted = true;
      end(session);
    },
    async lineage(id) {
      const line = [id];
      for (let parent = get(id).parent; parent; parent = get(parent).parent) line.push(parent);
      return line;
    },
    async tell(id, _agent, text) {
      const session = get(id);
      session.heard.push(text);
      take(session, { ms: ANSWER_MS, text: "noted" });
    },
    told: async (id, marker) => get(id).heard.some((text) => text.includes(marker)),
    waitsForPerson: (id) => sessions.get(id)?.waits === true,
  };
  return world;
}
