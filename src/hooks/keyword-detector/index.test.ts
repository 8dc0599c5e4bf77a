import { describe, expect, test } from "bun:test";
import { createKeywordDetector, type KeywordDetectorDeps, type StoredMessage } from "./index.ts";

type Detector = ReturnType<typeof createKeywordDetector>;
type Output = Parameters<Detector["chatMessage"]>[1];
type Part = Output["parts"][number];
type Transform = Parameters<Detector["messagesTransform"]>[0];

const templates = {
  "ultrawork/marketing.md": "marketing for {{others growth-manager}}",
  "ultrawork/planner.md": "planner",
  "ultrawork/gpt.md": "gpt",
  "ultrawork/default.md": "default\n{{if growth-manager}} ask growth-manager",
  "ultrawork/resumed.md": "still on",
};

const typed = (text: string, extra: Partial<Extract<Part, { type: "text" }>> = {}): Part => ({
  id: "prt_1",
  sessionID: "ses_1",
  messageID: "msg_1",
  type: "text",
  text,
  ...extra,
});
const compaction: Part = { id: "prt_c", sessionID: "ses_1", messageID: "msg_c", type: "compaction", auto: true };
const ours: Part = typed("marketing", { id: "prt_1z1", synthetic: true, metadata: { ohmymkt: "ultrawork" } });
const stored = (id: string, parts: Part[], summary?: unknown): StoredMessage => ({
  info: { id, role: summary === true ? "assistant" : "user", summary },
  parts,
});

function output(parts: Part[], agent = "growth-manager", modelID = "claude"): Output {
  return {
    message: {
      id: "msg_1",
      sessionID: "ses_1",
      role: "user",
      time: { created: 0 },
      agent,
      model: { providerID: "test", modelID },
    },
    parts,
  };
}

function setUp(
  changes: {
    parent?: string;
    messages?: StoredMessage[];
    session?: Partial<KeywordDetectorDeps["session"]>;
    toast?: () => Promise<void>;
    marketing?: string[];
  } = {},
) {
  const toasts: string[] = [];
  const logs: string[] = [];
  let reads = 0;
  const detector = createKeywordDetector({
    marketingAgents: () => (changes.marketing ?? ["growth-manager", "seo-engineer"]).map((name) => ({ name })),
    enabledAgents: () => ["growth-manager", "seo-engineer", "build"],
    templates,
    session: {
      parentID: async () => changes.parent,
      messages: async () => ((reads += 1), changes.messages ?? []),
      ...changes.session,
    },
    toast: changes.toast ?? (async (message) => void toasts.push(message)),
    log: (message) => void logs.push(message),
  });
  return { detector, toasts, logs, reads: () => reads };
}

async function send(parts: Part[], changes: Parameters<typeof setUp>[0] = {}, agent?: string, modelID?: string) {
  const world = setUp(changes);
  const result = output(parts, agent, modelID);
  await world.detector.chatMessage({ sessionID: "ses_1" }, result);
  return { ...world, output: result, added: result.parts.filter((part) => part.id.endsWith("z1")) };
}

describe("chatMessage", () => {
  test("adds one synthetic part after the person's words and says so", async () => {
    const { output: result, toasts } = await send([typed("ulw build a pipeline")]);
    expect(result.parts).toEqual([
      typed("ulw build a pipeline"),
      typed("marketing for seo-engineer", { id: "prt_1z1", synthetic: true, metadata: { ohmymkt: "ultrawork" } }),
    ]);
    expect(toasts).toEqual([expect.stringContaining("Ultrawork is on")]);
  });

  test("leaves the message itself alone, the model and its variant included", async () => {
    const { output: result } = await send([typed("ulw go")]);
    expect(result.message).toEqual(output([]).message);
  });

  test.each<[string, Part[], Parameters<typeof setUp>[0]]>([
    ["no keyword", [typed("build a pipeline")], {}],
    ["a refusal", [typed("don't ulw this")], {}],
    ["a synthetic part", [typed("ulw go", { synthetic: true })], {}],
    ["an ignored part", [typed("ulw go", { ignored: true })], {}],
    ["no parts", [], {}],
    ["a child session", [typed("ulw go")], { parent: "ses_0" }],
    [
      "a session where it is on already, after a restart too",
      [typed("ulw go")],
      { messages: [stored("msg_0", [typed("ulw x"), ours])] },
    ],
    [
      "a message summary that is no compaction",
      [typed("ulw go")],
      { messages: [stored("msg_0", [ours]), stored("msg_2", [], { title: "x" })] },
    ],
  ])("adds nothing for %s", async (_, parts, changes) => {
    const { added, toasts, logs } = await send(parts, changes);
    expect(added).toEqual([]);
    expect(toasts).toEqual([]);
    expect(logs).toEqual([]);
  });

  test("adds it again after a compaction", async () => {
    const { added } = await send([typed("ulw go")], { messages: [stored("msg_0", [ours]), stored("msg_2", [], true)] });
    expect(added).toHaveLength(1);
  });

  test("asks the host nothing when the keyword does not occur", async () => {
    const { reads } = await send([typed("plan the launch")]);
    expect(reads()).toBe(0);
  });

  test.each([
    ["growth-manager", "gpt-5", "marketing for seo-engineer"],
    ["plan", "claude", "planner"],
    ["build", "gpt-5", "gpt"],
    ["build", "claude", "default\nask growth-manager"],
  ])("agent %s with model %s gets %p", async (agent, modelID, text) => {
    const { added } = await send([typed("ulw go")], {}, agent, modelID);
    expect(added).toEqual([expect.objectContaining({ text })]);
  });

  const fails = async (): Promise<never> => {
    throw new Error("host is gone");
  };
  test.each<[string, Parameters<typeof setUp>[0], number]>([
    ["parentID", { session: { parentID: fails } }, 0],
    ["messages", { session: { messages: fails } }, 0],
    ["toast", { toast: fails }, 1],
  ])("logs a failing %s and never throws", async (_, changes, count) => {
    const { added, logs } = await send([typed("ulw go")], changes);
    expect(added).toHaveLength(count);
    await Promise.resolve();
    expect(logs).toEqual([expect.stringContaining("host is gone")]);
  });

  test("does not wait for a toast that never answers", async () => {
    const { added } = await send([typed("ulw go")], { toast: () => new Promise(() => {}) });
    expect(added).toHaveLength(1);
  });
});

describe("messagesTransform", () => {
  const info = (id: string) => ({ ...output([]).message, id });
  const sent = (): Transform => ({
    messages: [
      { info: info("msg_c"), parts: [{ ...compaction }] },
      { info: info("msg_9"), parts: [typed("go on")] },
    ],
  });
  const before = [stored("msg_0", [typed("ulw x"), ours]), stored("msg_c", [compaction]), stored("msg_s", [], true)];

  test("adds one line to the compaction message, the same bytes on every turn", async () => {
    const { detector, reads } = setUp({ messages: before });
    const [first, second] = [sent(), sent()];
    await detector.messagesTransform(first);
    await detector.messagesTransform(second);
    expect(first.messages[0]?.parts).toEqual([
      compaction,
      typed("still on", { id: "prt_cz1", messageID: "msg_c", synthetic: true, metadata: { ohmymkt: "ultrawork" } }),
    ]);
    expect(first.messages[1]).toEqual({ info: info("msg_9"), parts: [typed("go on")] });
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(reads()).toBe(1);
    await detector.messagesTransform(second);
    expect(second.messages[0]?.parts).toHaveLength(2);
  });

  test.each<[string, StoredMessage[], Transform]>([
    ["without a compaction", before, { messages: [{ info: info("msg_1"), parts: [typed("hello")] }] }],
    ["when the mode was never on", [stored("msg_c", [compaction])], sent()],
    ["when it came on only afterwards", [stored("msg_c", [compaction]), stored("msg_9", [ours])], sent()],
  ])("adds nothing %s", async (_, messages, turn) => {
    const { detector } = setUp({ messages });
    const copy = structuredClone(turn);
    await detector.messagesTransform(turn);
    expect(turn).toEqual(copy);
  });

  test("logs a failing host and never throws", async () => {
    const { detector, logs } = setUp({ session: { messages: () => Promise.reject(new Error("host is gone")) } });
    await detector.messagesTransform(sent());
    expect(logs).toEqual([expect.stringContaining("host is gone")]);
  });
});
