/** Prints, as JSON, the microseconds that the built plugin's hook takes for prompts that it has to read; `keyword.ts <entry> <directory>`. */
const [entry = "", directory = ""] = process.argv.slice(2);
const ROUNDS = 2000;
const ASIDE = "Our B2B SaaS sells to finance teams of mid-sized companies; last month 412 visitors came from search. ";

/** What the keyword is in a prompt, and a sentence that makes it so. */
const SENTENCES = {
  "no keyword": "Please plan our growth.",
  used: "ulw plan our growth.",
  refused: "Do not ulw this one.",
  "asked about": "What does ulw do, then?",
  "used, in wrapped lines": "ulw plan our growth\nand keep to organic channels.",
  "in code": "Look at `ulw` in ```\nulw --all\n``` first.",
};

const client = {
  app: { log: async () => ({}) },
  // A child session: the hook reads the words and stops before it would ask the host for anything.
  session: { get: async () => ({ data: { parentID: "ses_parent" } }), messages: async () => ({ data: [] }) },
  tui: { showToast: async () => ({}) },
};
const { default: plugin } = await import(entry);
const hooks = await plugin.server({ client, directory, worktree: directory });
await hooks.config?.({});

const rows = [];
for (const [kind, sentence] of Object.entries(SENTENCES)) {
  for (const length of [20, 200, 2000]) {
    const text = fill(sentence, length);
    rows.push({ kind, length: text.length, micros: await measure(text) });
  }
}
console.log(JSON.stringify(rows));

/** The sentence amid others, so that the prompt has about this length. */
function fill(sentence: string, length: number): string {
  const room = Math.max(0, length - sentence.length - 1);
  const before = ASIDE.repeat(Math.ceil(room / ASIDE.length)).slice(0, room);
  return room === 0
    ? sentence
    : `${before.slice(0, before.length / 2)}. ${sentence} ${before.slice(before.length / 2)}`;
}

/** Median of the rounds; each starts from a prompt that the hook has not seen. */
async function measure(text: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const part = {
      id: "prt_1",
      sessionID: "ses_child",
      messageID: "msg_1",
      type: "text",
      text: `${text}${round % 10}`,
    };
    const output = {
      message: { id: "msg_1", agent: "build", model: { providerID: "p", modelID: "m" } },
      parts: [part],
    };
    const before = performance.now();
    await hooks["chat.message"]({ sessionID: "ses_child", agent: "build" }, output);
    times.push((performance.now() - before) * 1000);
  }
  return times.toSorted((a, b) => a - b)[ROUNDS / 2] ?? 0;
}
