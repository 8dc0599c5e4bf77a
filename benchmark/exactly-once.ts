import { join } from "node:path";
import { DEFAULT_CONFIG } from "../src/config.ts";
import type { OutboxItem, OutboxState } from "../src/lib/outbox.ts";
import { PROVIDER_SET, PROVIDERS_DOCUMENT, ProvidersFile } from "../src/lib/providers.ts";
import { compose } from "../src/features/publishing/compose.ts";
import { markApproved } from "../src/features/publishing/approve.ts";
import { startFaultProxy, type ProxyAction } from "../src/testing/fault-proxy.ts";
import { startMailServer, type MailFault } from "../src/testing/mail-server.ts";
import { startPds } from "../src/testing/pds.ts";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";
import { startedBench } from "../src/testing/tool-bench.ts";
import { printBars } from "./support/figures.ts";

/** Does anything arrive twice, count as sent without having arrived, or get lost, while servers, connections and our own processes fail? */
const SENDS = Number(process.env["SENDS"] ?? 2000);
const WORKERS = 3;
const KILL_EVERY_MS = Number(process.env["KILL_EVERY_MS"] ?? 1500);
const LIMIT_MS = 30 * 60_000;
const ENV = {
  BLUESKY_APP_PASSWORD: "",
  SMTP_USER: "",
  SMTP_PASSWORD: "",
  OHMYMKT_ALLOW_PRIVATE_ADDRESSES: "1",
};
const random = mulberry32(Number(process.env["SEED"] ?? 1));

const HTTP_FAULTS: readonly [share: number, action: ProxyAction][] = [
  [0.04, { do: "drop_before" }],
  [0.06, { do: "drop_after" }],
  [0.01, { do: "hang" }],
  [0.02, { do: "hang_after" }],
  [
    0.03,
    { do: "answer", answer: { status: 429, headers: { "retry-after": "1" }, body: '{"error":"RateLimitExceeded"}' } },
  ],
  [0.03, { do: "answer", answer: { status: 503, body: "" } }],
  [0.05, { do: "duplicate" }],
  [0.04, { do: "reorder", ms: 300 }],
  [0.04, { do: "delay", ms: 100 }],
];
const MAIL_FAULTS: readonly [share: number, fault: MailFault][] = [
  [0.08, "rate_limited"],
  [0.05, "unavailable"],
  [0.05, "crash_before_accept"],
  [0.04, "crash_after_accept"],
  [0.01, "hang"],
];

using workspace = makeWorkspace();
const { directory } = workspace;
const pds = await startPds();
const injected = new Map<string, number>();
const proxy = await startFaultProxy(pds.url, () => picked(HTTP_FAULTS, "http") ?? { do: "pass" });
const mail = await startMailServer({ fault: () => picked(MAIL_FAULTS, "mail") });
ENV.BLUESKY_APP_PASSWORD = pds.password;
const bench = await startedBench({ directory, now: Date.now() });

await bench.look(async (tx) => {
  const settings = {
    bluesky: { url: proxy.url, options: { handle: pds.handle } },
    smtp: { url: mail.url, options: { from: "news@example.com" } },
  };
  await tx.documents.write(
    PROVIDERS_DOCUMENT,
    ProvidersFile.parse({ schema_version: 1, image: {}, video: {}, video_template: {}, publish: settings }),
  );
  for (const [id, after] of Object.entries(ProvidersFile.shape.publish.parse(settings)))
    await tx.ledger.append({ kind: PROVIDER_SET, subject: `publish/${id}`, after });
});

const ids = await approveAll();
const began = performance.now();
let kills = 0;
const workers = Array.from({ length: WORKERS }, spawn);
const killer = setInterval(() => {
  const at = Math.floor(random() * WORKERS);
  workers[at]?.kill(9);
  kills += 1;
  workers[at] = spawn();
}, KILL_EVERY_MS);

let rows = await read();
for (let last = ""; open(rows) > 0 && performance.now() - began < LIMIT_MS; rows = await read()) {
  const now = `${SENDS - open(rows)} of ${SENDS}`;
  if (now !== last && process.stderr.isTTY) process.stderr.write(`\r${now} settled, ${kills} processes killed `);
  last = now;
  await Bun.sleep(500);
}
clearInterval(killer);
// The last unknown mail may have been found a moment ago: its task is made in the round that follows.
await Bun.sleep(3000);
for (const worker of workers) worker.kill(9);
process.stderr.write("\n");

const shown = new Map<string, number>();
for (const { value } of await pds.posts(pds.did)) count(shown, String(value["text"]));
for (const { subject } of await mail.messages()) count(shown, subject);
const arrived = (item: OutboxItem): number => shown.get(item.payload.title ?? item.payload.text) ?? 0;
const states = new Map<OutboxState, number>();
for (const { state } of rows) count(states, state);
const duplicates = rows.filter((item) => arrived(item) > 1).length;
const falseSent = rows.filter((item) => item.state === "sent" && arrived(item) === 0).length;
const lost = rows.filter((item) => arrived(item) === 0 && item.state !== "unknown" && item.state !== "sent").length;
const tasks = await bench.look((tx) => tx.tasks.list({ limit: SENDS * 10 }));
const asked = new Set(tasks.map(({ metadata }) => metadata["delivery"]));
const unasked = rows.filter(
  (item) => item.platform === "smtp" && item.state === "unknown" && !asked.has(item.id),
).length;
const hidden = rows.filter((item) => arrived(item) > 0 && item.state !== "sent" && item.state !== "unknown").length;

console.log(
  `${SENDS} sends, half to a Bluesky PDS, half by SMTP; ${WORKERS} processes, ${kills} killed; ${Math.round((performance.now() - began) / 1000)} s`,
);
console.table([Object.fromEntries(injected)]);
console.table([Object.fromEntries(states)]);
printBars([
  { what: "arrived twice", figure: duplicates, most: 0 },
  { what: "counted as sent, and not there", figure: falseSent, most: 0 },
  { what: "not there, and neither sent nor unknown", figure: lost, most: 0 },
  { what: "there, and neither sent nor unknown", figure: hidden, most: 0 },
  { what: "mails left unknown that no person was asked about", figure: unasked, most: 0 },
  {
    what: "Bluesky posts left unknown",
    figure: rows.filter(({ platform, state }) => platform === "bluesky" && state === "unknown").length,
    most: 0,
  },
]);
await bench.store.close();
await proxy.close();
await mail.close();
await pds.close();

/** Composes and approves every send, as a call would. */
async function approveAll(): Promise<string[]> {
  const desk = {
    store: bench.store,
    world: { ...bench.world, env: ENV },
    config: DEFAULT_CONFIG,
    actor: { host: "library" as const },
    tool: "ohmymkt_publish",
    signal: new AbortController().signal,
    newId: (prefix: string) => `${prefix}-1`,
  };
  const made: OutboxItem[] = [];
  for (let n = 0; n < SENDS; n += 1) {
    const request =
      n % 2 === 0
        ? { platform: "bluesky", content: `Post number ${n}` }
        : { platform: "smtp", title: `Mail number ${n}`, content: "Hello", audience: [`reader${n}@example.com`] };
    made.push(...(await compose(desk, { ...request, class: "content" }, "batch-1")));
  }
  await bench.look((tx) => markApproved(tx, made, "apr-benchmark"));
  return made.map(({ id }) => id);
}

async function read(): Promise<OutboxItem[]> {
  const all = await bench.look((tx) => tx.outbox.list({ limit: SENDS * 2 }));
  return all.filter(({ id }) => ids.includes(id));
}

/** Rows that something can still move; unknown mails wait for a person. */
function open(all: readonly OutboxItem[]): number {
  const final = ({ state, platform }: OutboxItem): boolean =>
    state === "sent" || state === "rejected" || state === "held" || (state === "unknown" && platform === "smtp");
  return all.filter((item) => !final(item)).length;
}

function spawn(): Bun.Subprocess {
  return Bun.spawn([process.execPath, join(import.meta.dir, "probes/sender.ts"), directory], {
    env: { ...process.env, ...ENV },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
  });
}

function picked<T>(table: readonly (readonly [number, T])[], kind: string): T | undefined {
  let at = random();
  for (const [share, what] of table) {
    if (at < share) {
      count(
        injected,
        `${kind} ${typeof what === "object" && what !== null && "do" in what ? String(what.do) : String(what)}`,
      );
      return what;
    }
    at -= share;
  }
  return undefined;
}

function count<K>(map: Map<K, number>, key: K): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

/** A small seeded generator (Tommy Ettinger, public domain), so that a run can be repeated. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
