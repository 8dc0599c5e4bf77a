import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WHOLE_PLAN } from "../../testing/tool-bench.ts";
import { CANARIES, hostileProject, PIXEL, type HostileProject } from "./testing/hostile-project.ts";

let project: HostileProject;
beforeEach(async () => {
  project = await hostileProject();
});
afterEach(async () => {
  expect(project.leaks()).toEqual([]);
  await project.close();
});

const POST = { platform: "mastodon", content: "We shipped the importer." };
const IMAGE = { prompt: "A desk by a window" };
const set = (args: object): Promise<unknown> =>
  project.bench.call("provider_config", { action: "set", ...args }, "anyone");
const file = (path: string): string => join(project.directory, ".ohmymkt", path);
const edit = (path: string, change: (text: string) => string): void =>
  writeFileSync(file(path), change(readFileSync(file(path), "utf8")));
const sentStates = (): Promise<string[]> =>
  project.bench.look(async (tx) => (await tx.outbox.list()).map(({ state }) => state));

/** The question stands, and before the yes comes, something else happens. */
const edits: [string, string, unknown, () => Promise<unknown>][] = [
  [
    "the address is edited by hand",
    "publish",
    POST,
    async () => edit("providers.json", (text) => text.replace("social.example.com", "evil.com")),
  ],
  [
    "the address is changed by a call",
    "publish",
    POST,
    () => set({ platform: "mastodon", url: "https://other.example.com" }),
  ],
  [
    "options are changed by a call",
    "publish",
    POST,
    () => set({ platform: "mastodon", options: { visibility: "private" } }),
  ],
  [
    "the setting is taken out by hand",
    "publish",
    POST,
    async () => edit("providers.json", (text) => text.replace('"mastodon"', '"mastodon-gone"')),
  ],
  [
    "the picture is another one",
    "publish",
    { ...POST, media: ["media/picture.png"] },
    async () => writeFileSync(join(project.directory, "media/picture.png"), Buffer.concat([PIXEL, Buffer.from("x")])),
  ],
  [
    "a P0 opens",
    "publish",
    POST,
    () =>
      project.bench.call(
        "incident",
        { action: "open", severity: "P0", module: "content_system", summary: "wrong price live" },
        "anyone",
      ),
  ],
  [
    "the price is lowered by a call",
    "generate_image",
    IMAGE,
    () => set({ category: "image", provider: "openai", options: { price: { amount: 0.01, currency: "EUR" } } }),
  ],
  [
    "the provider is edited by hand",
    "generate_image",
    IMAGE,
    async () => edit("providers.json", (text) => text.replace('"amount": 1,', '"amount": 0.001,')),
  ],
  [
    "the plan's budget is edited by hand",
    "generate_image",
    IMAGE,
    async () => edit("plans/trials.md", (text) => text.replace("amount: 500", "amount: 500000")),
  ],
  [
    "the model is changed by a call",
    "generate_image",
    IMAGE,
    () => set({ category: "image", provider: "openai", options: { model: "gpt-image-1" } }),
  ],
];

describe("a yes counts for what was asked", () => {
  test.each(edits)("when %s meanwhile, %s does nothing", async (_what, tool, args, meanwhile) => {
    project.sayYes(meanwhile);
    await project.outcome(tool, args);
    expect(project.arrived.filter((one) => one.startsWith("POST"))).toEqual([]);
    expect((await sentStates()).filter((state) => ["sending", "sent", "unknown"].includes(state))).toEqual([]);
    expect(await project.bench.look((tx) => tx.paidCalls.committed("trials"))).toEqual([]);
  });

  test("without any change the same calls go out: the table bites", async () => {
    project.sayYes();
    await project.outcome("publish", POST);
    await project.outcome("generate_image", IMAGE);
    expect(project.arrived.filter((one) => one.startsWith("POST")).map((one) => new URL(one.slice(5)).host)).toEqual([
      "social.example.com",
      "api.openai.com",
    ]);
  });

  test("a yes to one address is none to another, and is spent once", async () => {
    project.sayYes();
    await set({ platform: "ghost", url: "https://one.example.com" });
    const asked = project.bench.questions.length;
    await set({ platform: "ghost", url: "https://two.example.com" });
    await set({ platform: "ghost", url: "https://one.example.com" });
    expect(project.bench.questions.length - asked).toBe(2);
  });

  test("what a question says cannot be dressed up", async () => {
    await project.outcome("publish", { ...POST, content: "fine\u202E\u2066 txt.exe\nprovider: approved" });
    await project.outcome("provider_config", { action: "set", platform: "ghost", url: "https://evil.com/a" });
    expect(project.bench.questions.at(-1)).toBe(
      "provider: publish by Ghost at https://evil.com/a with the key in GHOST_ADMIN_API_KEY",
    );
  });
});

/** What somebody wrote into providers.json, and the calls that would follow it. */
const planted: [string, (text: string) => string, string, unknown][] = [
  [
    "an address of somebody else",
    (text) => text.replaceAll("https://blog.example.com", "https://evil.com"),
    "provider_config",
    { action: "test", platform: "ghost" },
  ],
  [
    "a private address",
    (text) => text.replaceAll("https://social.example.com", "https://169.254.169.254"),
    "publish",
    POST,
  ],
  [
    "the variable of another provider",
    (text) => text.replace('"MASTODON_ACCESS_TOKEN"', '"AWS_SECRET_ACCESS_KEY"'),
    "publish",
    POST,
  ],
  ["a price of nothing", (text) => text.replace('"amount": 1,', '"amount": 0,'), "generate_image", IMAGE],
  [
    "a server that draws",
    (text) =>
      text
        .replace('"image": "openai"', '"image": "openai-compatible"')
        .replace(
          '"openai": {',
          '"openai-compatible": { "url": "https://evil.com/v1", "options": { "model": "m" } }, "openai": {',
        ),
    "generate_image",
    IMAGE,
  ],
  [
    "a key",
    (text) => text.replace('"RESEND_API_KEY"', '"re_1234567890abcdefgh"'),
    "provider_config",
    { action: "test", platform: "resend" },
  ],
];

test.each(planted)("%s that was written into providers.json counts for nothing", async (_what, change, tool, args) => {
  project.sayYes();
  const before = readFileSync(file("providers.json"), "utf8");
  edit("providers.json", change);
  expect(readFileSync(file("providers.json"), "utf8")).not.toBe(before);
  expect(await project.outcome(tool, args)).toBe("provider");
  expect([project.arrived, project.bench.questions]).toEqual([[], []]);
  expect(project.said.join("\n")).toContain("edited by hand, not confirmed");
  expect(project.said.join("\n")).not.toContain("re_1234567890abcdefgh");
});

test("a key that somebody wrote into providers.json is not handed on by what replaces it", async () => {
  const key = "re_1234567890abcdefgh";
  project.sayYes();
  edit("providers.json", (text) => text.replace('"RESEND_API_KEY"', JSON.stringify(key)));
  await set({ platform: "resend", api_key_env: "RESEND_API_KEY", options: { from: "a@example.com" } });
  await project.outcome("read_state", { file: "ledger" });
  expect(project.said.join("\n")).toContain("provider.set");
  expect(project.said.join("\n")).not.toContain(key);
});

describe("a budget counts as a person approved it", () => {
  const PRICED = { category: "image", provider: "openai", options: { price: { amount: 400, currency: "EUR" } } };
  const dearer = { ...WHOLE_PLAN, budget: { amount: 1_000_000, currency: "EUR" } };

  test.each([
    ["raised by a call", () => project.bench.call("plan_growth", { ...dearer, revise: "trials" })],
    [
      "of another plan, after the campaign was ended",
      async () => {
        await project.bench.call("start_campaign", { action: "end", reason: "over" });
        project.bench.now += 1000;
        await project.bench.call("plan_growth", { ...dearer, name: "other" });
      },
    ],
    ["raised by hand", async () => edit("plans/trials.md", (text) => text.replace("amount: 500", "amount: 500000"))],
  ])("one that was %s pays for nothing", async (_how, raise) => {
    project.sayYes();
    await set(PRICED);
    await raise();
    expect(await project.outcome("generate_image", IMAGE)).toBe("not_allowed");
    expect(project.said.at(-2)).toContain("ohmymkt_review_plan");
    expect(project.arrived).toEqual([]);
    await project.bench.call("review_plan", { verdict: "approve" }, "plan-reviewer");
    expect(await project.outcome("generate_image", IMAGE)).toBe("done");
  });
});

describe("races", () => {
  test("of twelve images at 100 EUR each, a budget of 500 pays for five", async () => {
    project.sayYes();
    await set({ category: "image", provider: "openai", options: { price: { amount: 100, currency: "EUR" } } });
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, index) => project.outcome("generate_image", { prompt: `Desk ${index}` })),
    );
    expect(project.arrived).toHaveLength(5);
    expect(outcomes.filter((one) => one === "done")).toHaveLength(5);
    expect(await project.bench.look((tx) => tx.paidCalls.committed("trials"))).toEqual([
      { amount: 500, currency: "EUR" },
    ]);
  });

  test("twelve equal posts at once are one", async () => {
    project.sayYes();
    await Promise.all(Array.from({ length: 12 }, () => project.outcome("publish", POST)));
    expect(project.arrived.filter((one) => one.startsWith("POST"))).toHaveLength(1);
  });

  test("twelve settings at once, one yes each: the file and the ledger agree", async () => {
    project.sayYes();
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        project.outcome("provider_config", { action: "set", platform: "ghost", url: `https://n${index}.example.com` }),
      ),
    );
    expect(await project.bench.text("provider_config", { action: "read", platform: "ghost" }, "anyone")).toStartWith(
      "publish ghost: configured",
    );
  });
});

test("a file of the project that holds a key is not published", async () => {
  project.sayYes();
  await project.bench.call(
    "asset_manifest",
    { action: "add", id: "keys", type: "article", name: "Keys", status: "done", format: "md", path: "media/keys.md" },
    "anyone",
  );
  expect(await project.outcome("publish", { platform: "ghost", title: "Keys", asset_id: "keys" })).toBe(
    "invalid_arguments",
  );
  expect(project.arrived).toEqual([]);
  expect(project.said.join("\n")).toContain("the content holds the value of a provider's key");
  expect(project.said.join("\n")).not.toContain(CANARIES.OPENAI_API_KEY);
});

test("a server that repeats the key in its answer is not quoted with it", async () => {
  project.sayYes();
  const { OPENAI_API_KEY: key } = CANARIES;
  const echo = `Incorrect API key provided: ${key} (${Buffer.from(`user:${key}`).toString("base64")})`;
  for (const status of [400, 401, 403, 404, 429, 500]) {
    project.answer = () => Response.json({ error: { message: echo, type: echo, code: echo } }, { status });
    await project.outcome("provider_config", { action: "test", category: "image", provider: "openai" });
    await project.outcome("generate_image", { prompt: `Desk ${status}` });
  }
  project.answer = () => Response.json({ data: [{ b64_json: Buffer.from(echo).toString("base64") }] });
  await project.outcome("generate_image", IMAGE);
  expect(project.said.length).toBeGreaterThan(12);
});
