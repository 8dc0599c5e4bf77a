import type { ErrorCode } from "../../../errors.ts";
import type { HostileRow } from "./hostile-config.ts";
import { CANARIES } from "./hostile-project.ts";

const set = (platform: string, args: object, code: ErrorCode = "invalid_arguments"): HostileRow => [
  "provider_config",
  { action: "set", platform, ...args },
  code,
];
const ghost = (url: string): HostileRow => set("ghost", { url });
const feed = (path: string, format = "rss"): HostileRow =>
  set("feed", { options: { path, format, title: "News", link: "https://acme.example.com" } });

/** Ways to write, or to wrap, addresses that are inside or that no server has. */
const INSIDE = [
  "https://0",
  "https://017700000001",
  "https://0x7f.1",
  "https://127.0.0.1.",
  "https://localhost.",
  "https://%31%32%37.0.0.1",
  "https://127。0。0。1",
  "https://１２７.0.0.1",
  "https://[::127.0.0.1]",
  "https://[::1%25eth0]",
  "https://[::ffff:0:7f00:1]",
  "https://[2002:7f00:1::]",
  "https://[2001:0:7f00:1::]",
  "https://[64:ff9b:1::a00:1]",
  "https://[ff02::1]",
  "https://198.18.0.1",
  "https://224.0.0.1",
  "https://240.0.0.1",
  "https://255.255.255.255",
];

/** Addresses that one reader takes for another than the next one does. */
const AMBIGUOUS = [
  "https://@evil.com",
  "https:\\\\evil.com",
  "ht\ttps://evil.com",
  "blob:https://evil.com",
  "https://blog.example.com:99999",
  "https://blog.example.com:443:80",
  "https://blog.example.com%23.evil.com",
  "https://ɡhost.example.com",
  "https://-evil.com",
];

/** Mail servers and other servers of one's own. */
const SERVERS: readonly (readonly [platform: string, url: string, options?: object])[] = [
  ["smtp", "smtp://127.0.0.1:25", { from: "news@example.com" }],
  ["smtp", "smtp://inside.example.com:25", { from: "news@example.com" }],
  ["smtp", "smtps://169.254.169.254", { from: "news@example.com" }],
  ["smtp", "smtp://user:password@mail.example.com", { from: "news@example.com" }],
  ["smtp", "https://mail.example.com", { from: "news@example.com" }],
  ["bluesky", "https://inside.example.com", { handle: "acme.example.com" }],
  ["bluesky", "http://pds.example.com", { handle: "acme.example.com" }],
  ["wordpress", "https://[::1]", { username: "acme" }],
  ["wordpress", "http://blog.example.com", { username: "acme" }],
  ["x", "https://evil.com", { handle: "acme" }],
  ["resend", "https://evil.com"],
  ["linkedin", "https://evil.com"],
];

const FEEDS: readonly (readonly [path: string, format?: string])[] = [
  ["../../etc/cron.d/feed.xml"],
  ["/etc/feed.xml"],
  ["C:\\feed.xml"],
  [".ohmymkt/state/feed.json", "json"],
  [".ohmymkt/feed.xml"],
  [".git/hooks/feed.xml"],
  [".opencode/plugin/feed.js"],
  ["package.json", "json"],
  ["tsconfig.json", "json"],
  [".env"],
  ["feed.xml\0.js"],
];

/** What no tool takes: answers of a person, files outside, and keys wherever a text goes. */
const ELSEWHERE: readonly HostileRow[] = [
  ["approvals", { action: "approve", ids: ["apr-1"] }, "invalid_arguments"],
  ["approvals", { action: "decide", ids: ["apr-1"] }, "invalid_arguments"],
  ["approvals", { action: "ask", ids: ["apr-1"], approved: true }, "invalid_arguments"],
  ["approvals", { action: "ask", ids: ["apr-1"], how: "host_prompt" }, "invalid_arguments"],
  ["approvals", { action: "ask", ids: ["' OR 1=1 --"] }, "not_found"],
  ["approvals", { action: "ask", ids: ["apr-1"] }, "not_allowed", "content-writer"],
  ["import_metrics", { file: "../../etc/passwd" }, "not_allowed"],
  ["import_metrics", { file: "/etc/passwd" }, "not_allowed"],
  ["import_metrics", { file: "media/link.png" }, "not_allowed"],
  ["asset_manifest", { action: "add", type: "image", name: "x", path: "../../etc/passwd" }, "invalid_arguments"],
  ["asset_manifest", { action: "add", type: "image", name: "x", generated: { ai: false } }, "invalid_arguments"],
  ["incident", { severity: "P2", module: "content_system", summary: CANARIES.OPENAI_API_KEY }, "invalid_arguments"],
  ["plan_growth", { goal: `Grow with ${CANARIES.FAL_KEY}`, name: "keys" }, "invalid_arguments"],
  ["research_brief", { action: "create", title: CANARIES.RESEND_API_KEY }, "invalid_arguments"],
];

export const HOSTILE_OTHERS: readonly HostileRow[] = [
  ...[...INSIDE, ...AMBIGUOUS].map(ghost),
  ...SERVERS.map(([platform, url, options = {}]) => set(platform, { url, options })),
  ...FEEDS.map(([path, format]) => feed(path, format)),
  ...ELSEWHERE,
];
