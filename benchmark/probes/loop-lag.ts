import { z } from "zod";

/** Calls every tool of a built plugin twice, as the host does, and prints, as JSON, the longest time that the event loop stood still meanwhile, in milliseconds. */
const [plugin = "", directory = ""] = process.argv.slice(2);
const { env } = process;
type Execute = (args: unknown, call: unknown) => Promise<unknown>;
const Plugin = z.object({
  default: z.object({
    server: z.custom<(input: unknown) => Promise<{ tool: Record<string, { execute: Execute }> }>>(),
  }),
});
/** What the plugin asks of its host. */
const client = {
  session: { get: async () => ({ data: {} }), messages: async () => ({ data: [] }) },
  app: { log: async () => undefined },
  tui: { showToast: async () => undefined },
};

let longest = 0;
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  longest = Math.max(longest, now - last - 1);
  last = now;
}, 1).unref();

const { server } = Plugin.parse(await import(plugin)).default;
const { tool: tools } = await server({ client, directory });
const call = { sessionID: "ses_lag", abort: new AbortController().signal, ask: async () => undefined };
const bluesky = { url: env["PDS_URL"], options: { handle: env["PDS_HANDLE"] } };
const smtp = { url: env["MAIL_URL"], options: { from: "news@example.com" } };
const painter = {
  url: env["IMAGES_URL"],
  options: { model: "local/painter", price: { amount: 0.01, currency: "EUR" } },
};
const film = { type: "template", template_id: "title-card", props: { title: "Ship it" }, duration_sec: 3 };

/** A call and, where the second must differ from the first, how it is made. */
const CALLS: readonly [tool: string, args: (n: number) => unknown][] = [
  ["plan_growth", (n) => ({ goal: `Grow trials ${n}`, name: `lag-${n}` })],
  ["list_plans", () => ({})],
  ["check_gates", () => ({})],
  ["import_metrics", (n) => ({ file: n === 0 ? "exports/ga4-channels.csv" : "exports/search-console.csv" })],
  ["import_metrics", () => ({ file: "exports/search-console.zip" })],
  ["import_metrics", (n) => ({ file: `exports/large-${n + 1}.csv` })],
  ["update_metrics", (n) => ({ track: "visibility_track", metric: "signups", value: n })],
  ["run_cycle", () => ({ cadence: "weekly" })],
  ["report_growth", () => ({})],
  ["read_state", () => ({ file: "health" })],
  ["read_state", () => ({ file: "ledger" })],
  [
    "task_create",
    (n) => ({
      tasks: [{ title: `t${n}`, objective: "o", owner: "seo-engineer", acceptance_criteria: ["3 pages are live"] }],
    }),
  ],
  ["task_list", () => ({})],
  ["research_brief", (n) => ({ action: "create", title: `b${n}` })],
  ["asset_manifest", () => ({ action: "read" })],
  ["provider_config", () => ({ action: "set", category: "publish", provider: "bluesky", ...bluesky })],
  ["provider_config", () => ({ action: "set", category: "publish", provider: "smtp", ...smtp })],
  ["provider_config", () => ({ action: "list" })],
  ["provider_config", () => ({ action: "test", category: "publish", provider: "bluesky" })],
  ["publish", (n) => ({ platform: "bluesky", content: `Post ${n} of the lag test` })],
  ["publish", (n) => ({ platform: "smtp", title: `Mail ${n}`, content: "# Hello", audience: "reader@example.com" })],
  ["publish", () => ({ action: "status" })],
  ["provider_config", () => ({ action: "set", category: "image", provider: "openai-compatible", ...painter })],
  ["generate_image", (n) => ({ prompt: `A desk ${n}`, alt_text: "A desk" })],
  ["generate_video", () => film],
  ["incident", (n) => ({ severity: "P2", module: "content_system", summary: `s${n}` })],
  ["incident", (n) => ({ severity: "P0", module: "content_system", summary: `P0 ${n}` })],
  ["publish", () => ({ action: "status" })],
];

const rows: { tool: string; first: number; later: number; error?: string }[] = [];
for (const [tool, args] of CALLS) {
  const row: (typeof rows)[number] = { tool, first: 0, later: 0 };
  for (const n of [0, 1]) {
    await Bun.sleep(20);
    longest = 0;
    last = performance.now();
    try {
      await tools[`ohmymkt_${tool}`]?.execute(args(n), call);
    } catch (error) {
      row.error = (error instanceof Error ? error.message : String(error)).slice(0, 120);
    }
    await Bun.sleep(5);
    row[n === 0 ? "first" : "later"] = Math.round(longest);
  }
  rows.push(row);
}
console.log(JSON.stringify(rows));
process.exit(0);
