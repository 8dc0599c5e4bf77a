/** What to start: an agent with a prompt, in a session of its own below `parent`. */
export interface SessionStart {
  parent: string;
  agent: string;
  title: string;
  prompt: string;
  /** Permission ids (tools among them) that the session must not have, whatever its agent may. */
  denied?: readonly string[];
  /** JSON schema that the last answer must fit; the value comes back as `structured`. */
  format?: Record<string, unknown>;
  /** Called with the session's id before the agent hears anything; when it throws, nothing is started. */
  created?(sessionID: string): Promise<void>;
}

/** `gone` is a session that was deleted, or that the host never had. */
export type SessionStatus = "busy" | "idle" | "gone";

/** How the last turn of a session stands. */
export interface SessionOutcome {
  /** Whether the turn came to an end, a bad one included; false for one that was cut off with its host. */
  finished: boolean;
  /** Text of the last answer. */
  text: string;
  /** `aborted` when somebody stopped the turn. */
  error?: { message: string; aborted: boolean };
  /** Of all turns together. */
  tokens: number;
  /** Of all turns together, those under way and refused ones included. */
  toolCalls: number;
  structured?: unknown;
}

/** What work in the background asks of a host: sessions that run agents. Every method may reject when the host cannot be reached. */
export interface SessionRunner {
  /** Starts the agent and returns the session's id as soon as the host has the prompt. */
  start(request: SessionStart): Promise<string>;
  /** Resolves when the session has no running turn, or rejects with the signal's reason. */
  idle(sessionID: string, signal: AbortSignal): Promise<void>;
  outcome(sessionID: string): Promise<SessionOutcome>;
  exists(sessionID: string): Promise<boolean>;
  status(sessionID: string): Promise<SessionStatus>;
  /** Stops the running turn and those of the sessions directly below it. */
  abort(sessionID: string): Promise<void>;
  /** The session itself and those above it, the root last. */
  lineage(sessionID: string): Promise<string[]>;
  /** Puts a text before the session's agent and lets it answer; without `agent`, the one that spoke there last. Resolves once the text is stored. */
  tell(sessionID: string, agent: string | undefined, text: string): Promise<void>;
  /** Whether the marker came to the session before, in a text of ours or in what one of our tools returned. */
  told(sessionID: string, marker: string): Promise<boolean>;
  /** Whether a question or a permission request of the session waits for an answer. */
  waitsForPerson(sessionID: string): boolean;
}
