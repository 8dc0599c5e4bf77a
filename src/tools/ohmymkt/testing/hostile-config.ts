import type { ErrorCode } from "../../../errors.ts";
import { CANARIES } from "./hostile-project.ts";

/** Tool, arguments, the code of its refusal, and the agent that calls where it matters. */
export type HostileRow = readonly [tool: string, args: unknown, code: ErrorCode, agent?: string];

/** Arguments as a model sends them: names that reach into every object survive only in text. */
export const sent = (text: string): unknown => JSON.parse(text);

const config = (args: object, code: ErrorCode = "invalid_arguments", agent?: string): HostileRow =>
  agent === undefined ? ["provider_config", args, code] : ["provider_config", args, code, agent];
const openai = (over: object): object => ({ action: "set", category: "image", provider: "openai", ...over });
const ghost = (over: object): object => ({ action: "set", platform: "ghost", ...over });

/** Keys where the name of a variable is asked for. */
const KEYS = [
  "sk-proj-1234567890abcdefghijklmn",
  "Bearer abcdefghijklmnop123456",
  "AIzaSyA1234567890abcdefghijklmnopqrstuv",
  "r8_abcdefghijklmnopqrstuvwxyz012345",
  "AKIAIOSFODNN7EXAMPLE",
  "0123456789abcdef0123456789abcdef",
  "-----BEGIN PRIVATE KEY-----\nMIIE",
  "hunter2",
  CANARIES.OPENAI_API_KEY,
  CANARIES.FAL_KEY,
  CANARIES.AWS_SECRET_ACCESS_KEY,
  Buffer.from(CANARIES.OPENAI_API_KEY).toString("base64"),
];

/** Variables that are not this provider's, and spellings of its own. */
const VARIABLES = [
  "AWS_SECRET_ACCESS_KEY",
  "GITHUB_TOKEN",
  "DATABASE_URL",
  "PATH",
  "HOME",
  "FAL_KEY",
  "GHOST_ADMIN_API_KEY",
  "X_API_SECRET",
  "openai_api_key",
  "OPENAI_API_KEY ",
  " OPENAI_API_KEY",
  "OPENAI_API_KEY\n",
  "OPENAI_API_KEY\0",
  "OPENAI_API_KEY,AWS_SECRET_ACCESS_KEY",
  "OPENAI_API_KEY;env",
  "$OPENAI_API_KEY",
  "${AWS_SECRET_ACCESS_KEY}",
  "$(env)",
  "OPENAI_API_KEY\u202E",
  "ΟPENAI_API_KEY",
  "__proto__",
  "constructor",
  "",
  "A".repeat(400),
  "A".repeat(100_000),
];

/** Addresses that a server of one's own cannot have. */
const ADDRESSES = [
  "http://blog.example.com",
  "ftp://blog.example.com",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "data:text/html,x",
  "//blog.example.com",
  "blog.example.com",
  "https://",
  "https://user:password@blog.example.com",
  "https://blog.example.com@evil.com",
  "https://blog.example.com?key=1",
  "https://blog.example.com/#fragment",
  "https://blog.example.com\\@evil.com",
  "https://blog.example.com /x",
  "https://blog.example.com\n.evil.com",
  "https://blog.example.com\t",
  "https://blog.example.com.",
  "https://blog..example.com",
  "https://bl%6fg.example.com%00.evil.com",
  "https://blоg.example.com",
  "https://blog.example.com/\u202Egpj",
  "https://127.0.0.1",
  "https://127.1",
  "https://2130706433",
  "https://0x7f000001",
  "https://0177.0.0.1",
  "https://①②⑦.0.0.1",
  "https://0.0.0.0",
  "https://10.0.0.1",
  "https://172.16.0.1",
  "https://192.168.1.1",
  "https://169.254.169.254/latest/meta-data",
  "https://100.64.0.1",
  "https://[::1]",
  "https://[::]",
  "https://[::ffff:127.0.0.1]",
  "https://[::ffff:a9fe:a9fe]",
  "https://[fd00:ec2::254]",
  "https://[fe80::1]",
  "https://[64:ff9b::7f00:1]",
  "https://localhost",
  "https://LOCALHOST:8080",
  "https://localtest.me",
  "https://inside.example.com",
  "https://metadata.google.internal",
  "https://v6.example.com",
  "https://mapped.example.com",
  "https://blog.example.com/hooks/xoxb-1234-5678-abcdefghijklmnop",
  `https://blog.example.com/${CANARIES.GHOST_ADMIN_API_KEY}`,
  `https://${"a".repeat(400)}.example.com`,
  `https://blog.example.com/${"x".repeat(5000)}`,
];

/** Options that would change where requests go, who they come from, or what they say of themselves. */
const OPTIONS = [
  { headers: { authorization: "Bearer x" } },
  { baseURL: "https://evil.com" },
  { base_url: "https://evil.com" },
  { url: "https://evil.com" },
  { apiKey: "x" },
  { api_key: "x" },
  { fetch: "evil" },
  { proxy: "http://evil.com" },
  { author: "somebody" },
  { status: "published" },
  { to: "all@example.com" },
  { model: "gpt-image-1\nX-Injected: 1" },
  { model: "../../v1/files" },
  { model: "$(id)" },
  { model: "gpt-image-1\u202Exx" },
  { model: "x".repeat(20_000) },
  { model: ["gpt-image-1"] },
  { model: { toString: "x" } },
  { model: CANARIES.OPENAI_API_KEY },
  { model: "sk-proj-1234567890abcdefghijklmn" },
  { model: CANARIES.AWS_SECRET_ACCESS_KEY },
  { quality: "free" },
  { price: { amount: -1, currency: "EUR" } },
  { price: { amount: "0", currency: "EUR" } },
  { price: { amount: 1, currency: "EUR", discount: 1 } },
  { [CANARIES.FAL_KEY]: 1 },
  { a: { b: { c: { d: [{ e: CANARIES.OPENAI_API_KEY }] } } } },
];
const POLLUTION = [
  '{"__proto__": {"model": "x"}}',
  '{"constructor": {"prototype": {"admin": true}}}',
  '{"prototype": 1}',
  `{"a": ${"[".repeat(3000)}${"]".repeat(3000)}}`,
  '{"price": {"__proto__": {"amount": 0}}}',
  '{"price": {"amount": 1, "currency": "EUR", "constructor": 1}}',
];
const FOLDERS = [
  "../video",
  "/etc",
  "video/../../x",
  "./video",
  "C:\\video",
  "~/.ssh",
  ".ohmymkt",
  ".git",
  "video\0",
  "$(id)",
  "video; rm -rf /",
  "`id`",
  "-rf",
  "vi\u202Edeo",
  "x".repeat(300),
];

const NAMES: readonly [object, ErrorCode][] = [
  [{ action: "read", provider: "../../etc/passwd" }, "not_found"],
  [{ action: "read", provider: "openai\0" }, "not_found"],
  [{ action: "read", provider: "openai; rm -rf /" }, "not_found"],
  [{ action: "read", provider: "__proto__" }, "not_found"],
  [{ action: "read", provider: "toString" }, "not_found"],
  [{ action: "read", provider: "оpenai" }, "not_found"],
  [{ action: "read", provider: "x".repeat(61) }, "invalid_arguments"],
  [{ action: "read", provider: ["openai"] }, "invalid_arguments"],
  [{ action: "read", category: "publish", provider: "openai" }, "not_found"],
  [{ action: "read", category: "image", platform: "ghost" }, "invalid_arguments"],
  [{ action: "read", provider: "ghost", platform: "mastodon" }, "invalid_arguments"],
  [{ action: "read", provider: CANARIES.OPENAI_API_KEY }, "invalid_arguments"],
  [{ action: "read", provider: CANARIES.GITHUB_TOKEN }, "not_found"],
  [{ action: "steal", provider: "openai" }, "invalid_arguments"],
  [{ action: "SET", provider: "openai" }, "invalid_arguments"],
  [{ provider: "openai" }, "invalid_arguments"],
  [{ action: "read", category: "__proto__", provider: "openai" }, "invalid_arguments"],
];

/** Members that the tool does not have. */
const MEMBERS = ["api_key", "key", "headers", "env", "approved", "status", "hash", "force", "metadata", "use"];

export const HOSTILE_CONFIG: readonly HostileRow[] = [
  ...KEYS.map((api_key_env) => config(openai({ api_key_env }))),
  ...VARIABLES.map((api_key_env) => config(openai({ api_key_env }))),
  ...ADDRESSES.map((url) => config(ghost({ url }))),
  ...OPTIONS.map((options) => config(openai({ options }))),
  ...POLLUTION.map((text) => config(openai({ options: sent(text) }))),
  ...[[], "model=x", 1, true].map((options) => config(openai({ options }))),
  ...FOLDERS.map((project_path) => config({ action: "set", provider: "remotion", project_path })),
  ...NAMES.map(([args, code]) => config(args, code)),
  ...MEMBERS.map((member) => config(openai({ [member]: "x" }))),
  config(openai({ [CANARIES.OPENAI_API_KEY]: "x" })),
  config(openai({ url: "https://api.openai.com" })),
  config(openai({ project_path: "video" })),
  config({ action: "set", provider: "builtin", api_key_env: "PATH" }),
  config({ action: "set", platform: "ghost", api_key_env: "MASTODON_ACCESS_TOKEN" }),
  config({ action: "set", platform: "mastodon", options: { account: "@a@evil.com" } }),
  config({ action: "set", platform: "resend", options: { from: "a@b.c\r\nBcc: all@example.com" } }),
  config({ action: "set", platform: "linkedin", options: { author: "urn:li:organization:1/../../2" } }),
  // These are in order, and so need a yes.
  config(ghost({ url: "https://evil.com" }), "approval_required"),
  config(ghost({ url: "https://xn--bcher-kva.example.com" }), "approval_required"),
  config(ghost({ url: "https://blog.example.com:8443" }), "approval_required"),
  config(openai({ options: { price: { amount: 0.0001, currency: "EUR" } } }), "approval_required"),
  config(openai({ options: { price: null } }), "approval_required"),
  config(
    {
      action: "set",
      category: "image",
      provider: "openai-compatible",
      url: "https://evil.com/v1",
      options: { model: "m" },
    },
    "approval_required",
  ),
  // And these are for other agents.
  config(openai({}), "not_allowed", "content-writer"),
  config(ghost({ url: "https://evil.com" }), "not_allowed", "content-ops"),
  config({ action: "test", provider: "openai" }, "not_allowed", "research-agent"),
  config({ action: "list" }, "not_allowed", "seo-engineer"),
];
