import type { PluginInput } from "@opencode-ai/plugin";
import type { Clock } from "../../features/background/clock.ts";
import type {
  SessionOutcome,
  SessionRunner,
  SessionStart,
  SessionStatus,
} from "../../features/background/session-runner.ts";
import { isOurTool } from "../../features/claude-code-agent-loader/our-tools.ts";
import type { SessionNews } from "./session-news.ts";
import type { Sessions } from "./sessions.ts";

export interface RunnerOptions {
  client: PluginInput["client"];
  sessions: Sessions;
  news: SessionNews;
  clock: Clock;
}

type Messages = NonNullable<Awaited<ReturnType<PluginInput["client"]["session"]["messages"]>>["data"]>;
type Message = Messages[number];

/** Idle events can be missed; the host is asked as often as this besides. */
const POLL_MS = 2000;
/** How long a text may take to appear in its session. */
const STORED_MS = 5000;
const LOOK_MS = 25;

/** Sessions of the host through the plugin's own client; `news` is what the plugin's event hook passes on. */
export function createSessionRunner({ client, sessions, news, clock }: RunnerOptions): SessionRunner {
  const messages = async (id: string): Promise<Messages> => {
    const { data, error } = await client.session.messages({ path: { id } });
    if (!data) throw new Error(`the host does not show the messages of ${id}: ${reason(error)}`);
    return data;
  };
  const exists = async (id: string): Promise<boolean> => {
    const { data, error } = await client.session.get({ path: { id } });
    if (!data && !isNotFound(error))
      throw new Error(`the host does not say whether session ${id} exists: ${reason(error)}`);
    return data !== undefined;
  };
  const isBusy = async (id: string): Promise<boolean> => {
    const { data, error } = await client.session.status();
    if (!data) throw new Error(`the host does not show which sessions are busy: ${reason(error)}`);
    const status = data[id];
    return status !== undefined && status.type !== "idle";
  };
  const prompt = async (id: string, body: Parameters<typeof client.session.promptAsync>[0]["body"]): Promise<void> => {
    const { error } = await client.session.promptAsync({ path: { id }, ...(body ? { body } : {}) });
    if (error) throw new Error(`the host refused a prompt for session ${id}: ${reason(error)}`);
  };
  const stored = async (id: string, isThere: (message: Message) => boolean): Promise<void> => {
    for (const end = clock.now() + STORED_MS; !(await messages(id)).some(isThere);) {
      if (clock.now() > end) throw new Error(`a prompt for session ${id} did not appear in it within ${STORED_MS} ms`);
      await clock.wait(LOOK_MS);
    }
  };

  return {
    async start({ parent, agent, title, prompt: text, denied = [], format, created }: SessionStart) {
      const permission = denied.map((id) => ({ permission: id, pattern: "*", action: "deny" }));
      const body = { parentID: parent, title, permission };
      const { data, error } = await client.session.create({ body });
      if (!data) throw new Error(`the host did not make a session: ${reason(error)}`);
      await created?.(data.id);
      const more = format === undefined ? {} : { format: { type: "json_schema", schema: format } };
      await prompt(data.id, { agent, parts: [{ type: "text", text }], ...more });
      await stored(data.id, ({ info }) => info.role === "user");
      return data.id;
    },
    async idle(id, signal) {
      // A turn begins a moment after its prompt is stored: no turn and no answer yet is not idle until the host was asked twice.
      for (let quiet = 0; ;) {
        signal.throwIfAborted();
        const looked = new AbortController();
        const either = AbortSignal.any([signal, looked.signal]);
        try {
          const wake = news.nextIdle(id, either);
          if (!(await isBusy(id))) {
            if (!(await exists(id)) || hasAnswer(await messages(id)) || news.failure(id) !== undefined || quiet === 2)
              return;
            quiet += 1;
          }
          await Promise.race([wake, clock.wait(POLL_MS, either)]);
        } finally {
          looked.abort();
        }
      }
    },
    outcome: async (id) => outcomeOf(await messages(id), news.failure(id)),
    exists,
    async status(id): Promise<SessionStatus> {
      if (await isBusy(id)) return "busy";
      return (await exists(id)) ? "idle" : "gone";
    },
    async abort(id) {
      const { data: below } = await client.session.children({ path: { id } });
      for (const child of [id, ...(below ?? []).map((one) => one.id)]) {
        const { error } = await client.session.abort({ path: { id: child } });
        if (error && !isNotFound(error)) throw new Error(`the host did not stop session ${child}: ${reason(error)}`);
      }
    },
    async lineage(id) {
      const line = [id];
      for (
        let above = await sessions.parentID(id);
        above && !line.includes(above);
        above = await sessions.parentID(above)
      )
        line.push(above);
      return line;
    },
    async tell(id, agent, text) {
      const speaker = agent ?? (await messages(id)).findLast(({ info }) => info.role === "user")?.info;
      const name = typeof speaker === "string" ? speaker : speaker?.role === "user" ? speaker.agent : undefined;
      await prompt(id, {
        ...(name ? { agent: name } : {}),
        parts: [{ type: "text", synthetic: true, text, metadata: { ohmymkt: "background" } }],
      });
      await stored(id, ({ parts }) =>
        parts.some((part) => part.type === "text" && part.synthetic === true && part.text === text),
      );
    },
    told: async (id, marker) => (await messages(id)).some(({ parts }) => parts.some((part) => says(part, marker))),
    waitsForPerson: (id) => news.waitsForPerson(id),
  };
}

/** Our own texts and the results of our own tools; what a person or a model wrote does not count. */
function says(part: Message["parts"][number], marker: string): boolean {
  if (part.type === "text") return part.synthetic === true && part.text.includes(marker);
  return (
    part.type === "tool" &&
    isOurTool(part.tool) &&
    part.state.status === "completed" &&
    part.state.output.includes(marker)
  );
}

function hasAnswer(messages: Messages): boolean {
  const last = messages.at(-1)?.info;
  return last?.role === "assistant" && (last.error !== undefined || last.time.completed !== undefined);
}

/** `failure` is what the host said about a turn that never came to an answer. */
export function outcomeOf(messages: Messages, failure: string | undefined): SessionOutcome {
  const answers = messages.flatMap(({ info, parts }) => (info.role === "assistant" ? [{ info, parts }] : []));
  const tokens = answers.reduce(
    (sum, { info }) => sum + info.tokens.input + info.tokens.output + info.tokens.reasoning,
    0,
  );
  const toolCalls = answers.flatMap(({ parts }) => parts).filter(({ type }) => type === "tool").length;
  const last = messages.at(-1);
  if (last?.info.role !== "assistant") {
    return {
      finished: failure !== undefined,
      text: "",
      tokens,
      toolCalls,
      ...(failure === undefined ? {} : { error: { message: failure, aborted: false } }),
    };
  }
  const { info, parts } = last;
  const text = parts
    .flatMap((part) => (part.type === "text" && part.synthetic !== true ? [part.text] : []))
    .join("\n")
    .trim();
  const structured: unknown = "structured" in info ? info.structured : undefined;
  const error = info.error && { message: reason(info.error), aborted: info.error.name === "MessageAbortedError" };
  return {
    finished: error !== undefined || (info.time.completed !== undefined && info.finish !== "tool-calls"),
    text,
    tokens,
    toolCalls,
    ...(error ? { error } : {}),
    ...(structured === undefined ? {} : { structured }),
  };
}

function isNotFound(error: unknown): boolean {
  return typeof error === "object" && error !== null && "name" in error && error.name === "NotFoundError";
}

/** The host's errors carry their text in `data.message`. */
function reason(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const data = "data" in error ? error.data : undefined;
  if (typeof data === "object" && data !== null && "message" in data && typeof data.message === "string")
    return data.message;
  return "message" in error && typeof error.message === "string"
    ? error.message
    : "name" in error
      ? String(error.name)
      : JSON.stringify(error);
}
