import type { Hooks } from "@opencode-ai/plugin";
import { mayMention } from "./ultrawork/mention.ts";
import { getResumedMessage, getUltraworkMessage } from "./ultrawork/message.ts";
import { getUltraworkSource, isMarketingAgent, type MarketingAgent } from "./ultrawork/source-detector.ts";

type ChatMessage = Parameters<NonNullable<Hooks["chat.message"]>>;
type Transform = Parameters<NonNullable<Hooks["experimental.chat.messages.transform"]>>;
type Part = ChatMessage[1]["parts"][number];
type TextPart = Extract<Part, { type: "text" }>;

/** A stored message, as far as the detector reads it; `summary` is true on the message that compaction wrote. */
export type StoredMessage = { info: { id: string; role: string; summary?: unknown }; parts: Part[] };

/** What the detector needs from its host; names are agent names, templates are texts by path below `templates/`. */
export type KeywordDetectorDeps = {
  marketingAgents(): readonly MarketingAgent[];
  enabledAgents(): readonly string[];
  templates: Readonly<Record<string, string>>;
  session: {
    parentID(sessionID: string): Promise<string | undefined>;
    messages(sessionID: string): Promise<readonly StoredMessage[]>;
  };
  toast(message: string): Promise<void>;
  log(message: string): void;
};

/** The bodies of the two host hooks; neither ever throws, because a throw would fail the person's prompt. */
export type KeywordDetector = {
  chatMessage(input: ChatMessage[0], output: ChatMessage[1]): Promise<void>;
  messagesTransform(output: Transform[1]): Promise<void>;
};

const METADATA = { ohmymkt: "ultrawork" } as const;
const TOAST = "Ultrawork is on: agents plan, review and execute; gates, spending and publishing still wait for you.";

const isTyped = (part: Part): part is TextPart =>
  part.type === "text" && part.synthetic !== true && part.ignored !== true;

function isOurs(part: Part): boolean {
  return part.type === "text" && part.synthetic === true && part.metadata?.["ohmymkt"] === METADATA.ohmymkt;
}

/** Whether ultrawork was ever switched on in these messages. */
export function wasUltrawork(messages: readonly { parts: Part[] }[]): boolean {
  return messages.some(({ parts }) => parts.some(isOurs));
}

/** Counts only what came after the last compaction: earlier parts no longer reach the model. */
function isOn(messages: readonly StoredMessage[]): boolean {
  return wasUltrawork(messages.slice(messages.findLastIndex(({ info }) => info.summary === true) + 1));
}

/** Fills the branch for this agent and model; the marketing branch only ever sees marketing agents. */
function messageFor(deps: KeywordDetectorDeps, input: ChatMessage[0], output: ChatMessage[1]): string {
  const marketingAgents = deps.marketingAgents();
  const agent = input.agent ?? output.message.agent;
  const source = getUltraworkSource({ agent, model: input.model ?? output.message.model, marketingAgents });
  const agents = deps.enabledAgents().filter((name) => isMarketingAgent(name, marketingAgents));
  return getUltraworkMessage(source, { agents, templates: deps.templates });
}

async function switchOn(deps: KeywordDetectorDeps, input: ChatMessage[0], output: ChatMessage[1]): Promise<boolean> {
  const typed = output.parts.filter(isTyped);
  const last = typed.at(-1);
  if (last === undefined || !typed.some(({ text }) => mayMention(text))) return false;
  const { detectUltrawork } = await import("./ultrawork/detect.ts");
  if (!typed.some(({ text }) => detectUltrawork(text))) return false;
  if ((await deps.session.parentID(input.sessionID)) !== undefined) return false;
  if (isOn(await deps.session.messages(input.sessionID))) return false;
  // The host orders parts by id and refuses ids of any other shape, so ours extends the id of the words it follows.
  output.parts.push({
    id: `${last.id}z1`,
    sessionID: input.sessionID,
    messageID: output.message.id,
    type: "text",
    synthetic: true,
    text: messageFor(deps, input, output),
    metadata: { ...METADATA },
  });
  return true;
}

/** Whether the mode was on before the compaction that this message asked for: a fact that never changes once stored. */
async function wasOnBefore(deps: KeywordDetectorDeps, sessionID: string, compactionID: string): Promise<boolean> {
  const stored = await deps.session.messages(sessionID);
  const index = stored.findIndex(({ info }) => info.id === compactionID);
  return wasUltrawork(index === -1 ? stored : stored.slice(0, index));
}

async function resume(deps: KeywordDetectorDeps, known: Map<string, boolean>, output: Transform[1]): Promise<void> {
  const message = output.messages.findLast(({ parts }) => parts.some(({ type }) => type === "compaction"));
  const part = message?.parts.find(({ type }) => type === "compaction");
  if (message === undefined || part === undefined) return;
  const { id, sessionID } = message.info;
  const on = known.get(id) ?? (await wasOnBefore(deps, sessionID, id));
  known.set(id, on);
  if (!on || message.parts.some((other) => isOurs(other))) return;
  const text = getResumedMessage({ agents: [], templates: deps.templates });
  message.parts.push({
    id: `${part.id}z1`,
    sessionID,
    messageID: id,
    type: "text",
    synthetic: true,
    text,
    metadata: { ...METADATA },
  });
}

/** Makes the hooks that add ultrawork's instructions once per session, and one line after each compaction. */
export function createKeywordDetector(deps: KeywordDetectorDeps): KeywordDetector {
  const known = new Map<string, boolean>();
  const logged = (error: unknown): void =>
    deps.log(`Ultrawork was left out: ${error instanceof Error ? error.message : String(error)}`);
  return {
    async chatMessage(input, output) {
      try {
        // The toast is not awaited: a screen that does not answer must not hold up the prompt.
        if (await switchOn(deps, input, output)) void deps.toast(TOAST).catch(logged);
      } catch (error) {
        logged(error);
      }
    },
    async messagesTransform(output) {
      try {
        await resume(deps, known, output);
      } catch (error) {
        logged(error);
      }
    },
  };
}
