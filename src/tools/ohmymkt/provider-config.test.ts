import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProviderReport } from "../../features/provider-settings/provider-status.ts";
import { resolveSetting } from "../../features/provider-settings/settings.ts";
import type { World } from "../../providers/world.ts";
import { TEST_MS } from "../../features/provider-settings/test-provider.ts";
import { testWorld } from "../../testing/provider-world.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { toolBench, type ToolBench } from "../../testing/tool-bench.ts";
import type { ProviderConfigResult } from "./render-providers.ts";

const KEY = "sk-test-Zx81kQwErTyUiOp9";
const AGENT = "execution-manager";

let workspace: Workspace;
let bench: ToolBench;
let asked: string[];
/** What api.openai.com and every other public server answers. */
let answer: (url: URL, init: RequestInit | undefined) => Response | Promise<Response>;

beforeEach(() => {
  workspace = makeWorkspace();
  bench = toolBench({ directory: workspace.directory });
  asked = [];
  answer = () => Response.json({ data: [] });
  bench.world = publicWorld();
});
afterEach(async () => {
  await bench.store.close();
  workspace.dispose();
});

function publicWorld(over: Partial<World> = {}): World {
  return testWorld({
    allowPrivate: false,
    env: { OPENAI_API_KEY: KEY },
    lookup: async () => [{ address: "93.184.216.34", family: 4 }],
    // Pauses between two tries take no time here; only the end of the test's patience does.
    sleep: (ms, signal) => (ms < TEST_MS ? Promise.resolve() : testWorld().sleep(ms, signal)),
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      asked.push(url.href);
      return answer(url, init);
    },
    ...over,
  });
}

const call = async (args: object): Promise<ProviderConfigResult> => {
  const { value } = await bench.call("provider_config", args, AGENT);
  return value as ProviderConfigResult;
};
const text = (args: object): Promise<string> => bench.text("provider_config", args, AGENT);
const refusal = (args: object) => bench.refusal("provider_config", args, AGENT);
const one = async (args: object): Promise<ProviderReport> => {
  const [report] = (await call(args)).providers;
  if (!report) throw new Error("expected one provider");
  return report;
};
const OPENAI = { action: "set", category: "image", provider: "openai", api_key_env: "OPENAI_API_KEY" };
const GHOST = {
  action: "set",
  platform: "ghost",
  url: "https://blog.example.com",
  api_key_env: "GHOST_ADMIN_API_KEY",
};
const file = (): string => readFileSync(join(workspace.directory, ".ohmymkt/providers.json"), "utf8");

describe("list and read", () => {
  test("show every provider on one line each, and what is missing", async () => {
    const { providers } = await call({ action: "list" });
    const lines = (await text({ action: "list" })).split("\n");
    expect(lines).toHaveLength(providers.length);
    expect(lines).toContain("image openai: missing (not set)");
    expect(lines).toContain("video_template builtin: configured");
    expect(new Set(providers.map(({ category }) => category))).toEqual(
      new Set(["image", "video", "video_template", "publish"]),
    );
    expect((await call({ action: "list", category: "image" })).providers.length).toBeLessThan(providers.length);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120);
  });

  test("read says what it needs, how it delivers and the call that sets it", async () => {
    expect(await text({ action: "read", platform: "ghost" })).toContain("takes back: unpublishes");
    const report = await one({ action: "read", provider: "openai" });
    expect(report).toMatchObject({
      status: "missing",
      api_key_status: { OPENAI_API_KEY: "set" },
      next: 'ohmymkt_provider_config {action: "set", category: "image", provider: "openai", api_key_env: "OPENAI_API_KEY"}',
    });
  });

  test("an alias is its provider; a name of several categories asks which", async () => {
    expect((await one({ action: "read", category: "image", provider: "nanobanana" })).provider).toBe("google");
    expect(await refusal({ action: "read", provider: "google" })).toMatchObject({
      code: "ambiguous",
      hint: 'add category: "image" or "video"',
    });
  });

  test.each([
    [{ action: "read" }, "invalid_arguments"],
    [{ action: "read", category: "image", provider: "dall-e" }, "not_found"],
    [{ action: "read", provider: "__proto__" }, "not_found"],
    [{ action: "read", category: "publish", provider: "constructor" }, "not_found"],
    [{ action: "read", category: "image", platform: "ghost" }, "invalid_arguments"],
    [{ action: "read", provider: "ghost", platform: "wordpress" }, "invalid_arguments"],
    [{ action: "read", category: "audio", provider: "x" }, "invalid_arguments"],
    [{ action: "delete", provider: "openai" }, "invalid_arguments"],
  ])("%j is refused", async (args, code) => {
    expect((await refusal(args)).code).toBe(code as "not_found");
  });
});

describe("set", () => {
  test("stores names, is in use at once, and then counts", async () => {
    expect(await text(OPENAI)).toStartWith("image openai: configured, in use");
    expect(bench.questions).toEqual([]);
    expect(file()).toContain('"api_key_env": "OPENAI_API_KEY"');
    const { setting } = await bench.look((tx) => resolveSetting(tx, "image"));
    expect(setting).toEqual({ api_key_env: "OPENAI_API_KEY", options: {} });
    expect(asked).toEqual([]);
  });

  test("a variable that holds nothing is named", async () => {
    bench.world = publicWorld({ env: { OPENAI_API_KEY: "  " } });
    expect(await one(OPENAI)).toMatchObject({ status: "missing", api_key_status: { OPENAI_API_KEY: "not set" } });
  });

  test("keeps what it does not name; null takes an option away", async () => {
    await call({ ...OPENAI, options: { model: "gpt-image-1", quality: "low" } });
    await call({ action: "set", category: "image", provider: "openai", options: { quality: null } });
    expect((await one({ action: "read", provider: "openai" })).setting).toEqual({
      api_key_env: "OPENAI_API_KEY",
      options: { model: "gpt-image-1" },
    });
  });

  test("without anything chooses the provider again", async () => {
    await call(OPENAI);
    await call({ action: "set", category: "image", provider: "fal", api_key_env: "FAL_KEY" });
    await call({ action: "set", category: "image", provider: "openai" });
    expect((await bench.look((tx) => resolveSetting(tx, "image"))).spec.id).toBe("openai");
  });

  test("an address asks a person, for exactly it and its key's variable", async () => {
    await call(GHOST);
    expect(bench.questions).toEqual([
      "provider: publish by Ghost at https://blog.example.com/ with the key in GHOST_ADMIN_API_KEY",
    ]);
    await call({ action: "set", platform: "ghost", options: {} });
    await call(GHOST);
    expect(bench.questions).toHaveLength(1);
    await call({ ...GHOST, url: "https://blog.example.org" });
    expect(bench.questions).toHaveLength(2);
    const [row] = await bench.look((tx) =>
      tx.ledger.list({ kind: "provider.set", subject: "publish/ghost", limit: 1 }),
    );
    expect(row?.evidence).toMatchObject({ approval: expect.any(String) });
  });

  test("the question names the variable whose key would go there, also the usual one", async () => {
    await call({
      action: "set",
      platform: "bluesky",
      url: "https://pds.example.com",
      options: { handle: "a.example" },
    });
    await call({
      action: "set",
      platform: "smtp",
      url: "smtps://mail.example.com:465",
      options: { from: "news@example.com" },
    });
    expect(bench.questions).toEqual([
      "provider: publish by Bluesky at https://pds.example.com/ with the key in BLUESKY_APP_PASSWORD",
      "provider: publish by Mail (SMTP) at smtps://mail.example.com:465 with the key in SMTP_PASSWORD",
    ]);
  });

  test.each([
    [{ approved: false, how: "host_prompt" as const, reason: "not ours" }, "approval_rejected"],
    [undefined, "approval_required"],
  ])("without a yes (%j) nothing is stored", async (said, code) => {
    bench.answer = said;
    expect((await refusal(GHOST)).code).toBe(code as "approval_rejected");
    expect(existsSync(join(workspace.directory, ".ohmymkt/providers.json"))).toBe(false);
  });

  test("a price asks a person, because budgets are counted by it", async () => {
    await call({ ...OPENAI, options: { price: { amount: 0.01, currency: "USD" } } });
    expect(bench.questions).toEqual([
      'provider: image by OpenAI images counted at {"amount":0.01,"currency":"USD"} each',
    ]);
    await call({ ...OPENAI, options: { model: "gpt-image-1" } });
    expect(bench.questions).toHaveLength(1);
    await call({ ...OPENAI, options: { price: { amount: 0.001, currency: "USD" } } });
    expect(bench.questions).toHaveLength(2);
  });

  test("what was edited by hand is not confirmed on the way", async () => {
    await call(OPENAI);
    const edited = JSON.parse(file()) as { image: Record<string, object> };
    edited.image["openai"] = { api_key_env: "OPENAI_API_KEY", options: { model: "by-hand" } };
    writeFileSync(join(workspace.directory, ".ohmymkt/providers.json"), JSON.stringify(edited));
    const report = await one({ action: "read", provider: "openai" });
    expect(report).toMatchObject({ status: "missing", problem: "edited by hand, not confirmed" });
    expect(report.next).toContain('options: {model: "by-hand"}');
    await call(OPENAI);
    expect((await one({ action: "read", provider: "openai" })).setting?.options).toEqual({});
  });

  test("a race of two changes keeps both", async () => {
    await Promise.all([
      call(OPENAI),
      call({ action: "set", category: "video", provider: "fal", api_key_env: "FAL_KEY" }),
    ]);
    const { image, video } = JSON.parse(file()) as Record<string, object>;
    expect([Object.keys(image ?? {}), Object.keys(video ?? {})]).toEqual([["openai"], ["fal"]]);
  });
});

test("a key that a person wrote into a file is cleaned from what a tool answers", async () => {
  await bench.call("plan_growth", { goal: "Grow", name: "p" }, "anyone");
  const plan = join(workspace.directory, ".ohmymkt/plans/p.md");
  writeFileSync(plan, readFileSync(plan, "utf8").replace(/^title: .*$/m, `title: "use ${KEY}"`));
  const { text: shown, value } = await bench.call("list_plans", {}, "anyone");
  expect(shown).toContain("use [redacted]");
  expect(JSON.stringify(value)).toContain("use [redacted]");
});

describe("test", () => {
  const status = async (): Promise<unknown> => (await one({ action: "read", provider: "openai" })).status;
  const run = () => call({ action: "test", category: "image", provider: "openai" });

  test("of what is not set names the call, and asks nobody", async () => {
    expect((await refusal({ action: "test", provider: "openai" })).hint).toContain('action: "set"');
    expect(asked).toEqual([]);
  });

  test("makes one authenticated call and remembers that it answered", async () => {
    await call(OPENAI);
    const headers: (string | null)[] = [];
    answer = (_url, init) => {
      headers.push(new Headers(init?.headers).get("authorization"));
      return Response.json({ data: [] });
    };
    expect((await run()).tested).toMatchObject({ status: "configured" });
    expect(asked).toEqual(["https://api.openai.com/v1/models"]);
    expect(headers).toEqual([`Bearer ${KEY}`]);
  });

  test.each([
    [401, "unauthorised"],
    [403, "unauthorised"],
    [500, "unreachable"],
    [503, "unreachable"],
  ])("an answer of %d is %s, remembered until it is tested again or set anew", async (code, expected) => {
    await call(OPENAI);
    answer = () => Response.json({ error: { message: `Incorrect API key provided: ${KEY}` } }, { status: code });
    const shown = await text({ action: "test", category: "image", provider: "openai" });
    expect([shown.includes(KEY), await status()]).toEqual([false, expected]);
    expect(shown).toContain("\nNext: ");
    await call({ ...OPENAI, options: { model: "gpt-image-1" } });
    expect(await status()).toBe("configured");
    await run();
    expect(await status()).toBe(expected);
    answer = () => Response.json({ data: [] });
    await run();
    expect(await status()).toBe("configured");
  });

  test("quota is told from an invalid key", async () => {
    await call(OPENAI);
    answer = () =>
      Response.json(
        { error: { code: "insufficient_quota", type: "insufficient_quota", message: "over" } },
        { status: 429 },
      );
    await run();
    expect(await status()).toBe("quota");
  });

  test("a server that does not answer is given up after 15 seconds", async () => {
    await call(OPENAI);
    bench.world = publicWorld({ fetch: () => new Promise(() => undefined), sleep: async () => undefined });
    expect((await run()).tested).toMatchObject({ status: "unreachable", problem: expect.stringContaining("15 s") });
  });

  test("a variable that is gone is missing, without a request", async () => {
    await call(OPENAI);
    bench.world = publicWorld({ env: {} });
    expect((await run()).tested).toMatchObject({
      status: "missing",
      problem: expect.stringContaining("OPENAI_API_KEY"),
    });
    expect(asked).toEqual([]);
    bench.world = publicWorld();
    expect(await text({ action: "list", category: "image" })).toContain("image openai: configured, in use\n");
  });

  test("an address that came to lead inside is refused at use", async () => {
    bench.world = publicWorld({ env: { GHOST_ADMIN_API_KEY: `${"a1".repeat(12)}:${"b2".repeat(32)}` } });
    await call(GHOST);
    const inside = publicWorld({
      env: bench.world.env,
      lookup: async () => [{ address: "169.254.169.254", family: 4 }],
    });
    bench.world = inside;
    const { tested } = await call({ action: "test", platform: "ghost" });
    expect(tested).toMatchObject({ status: "unreachable", problem: expect.stringContaining("private address") });
    expect(asked).toEqual([]);
  });

  test("an address at which another server answers is told with the call that corrects it, until it is corrected", async () => {
    bench.world = publicWorld({ env: { GHOST_ADMIN_API_KEY: `${"a1".repeat(12)}:${"b2".repeat(32)}` } });
    await call(GHOST);
    answer = () => new Response("<h1>A shop</h1>", { status: 404 });
    const shown = await text({ action: "test", platform: "ghost" });
    expect(shown).toContain("set url to the exact address");
    expect(shown).toMatch(/\nNext: .*provider: "ghost".*url: /);
    expect((await one({ action: "read", platform: "ghost" })).status).toBe("unreachable");
  });

  test("templates say where their program is, or how to install it", async () => {
    bench.world = publicWorld({ env: { PATH: workspace.directory } });
    const { tested } = await call({ action: "test", provider: "builtin" });
    expect(tested).toMatchObject({ status: "missing", problem: expect.stringContaining("apt-get install ffmpeg") });
    expect(await text({ action: "test", provider: "builtin" })).toContain("Next: install what is missing, then");
    expect(await text({ action: "list", category: "video_template" })).toContain("video_template builtin: missing (");
    await call({ action: "set", provider: "remotion", project_path: "video" });
    expect(await text({ action: "test", provider: "remotion" })).toContain("remotion@");
    const program = join(workspace.directory, "ffmpeg");
    writeFileSync(program, '#!/bin/sh\necho "Encoder libx264 [libx264]:"\n', { mode: 0o755 });
    expect(await text({ action: "test", provider: "builtin" })).toContain(`it answers as ${program}`);
    expect(await text({ action: "list", category: "video_template" })).toContain("video_template builtin: configured");
  });

  test("only some agents may set, and health tells what is wrong", async () => {
    expect((await bench.refusal("provider_config", OPENAI, "content-writer")).code).toBe("not_allowed");
    await call(OPENAI);
    bench.world = publicWorld({ env: {} });
    expect(await bench.text("read_state", { file: "health" })).toContain("providers: image openai missing");
    writeFileSync(join(workspace.directory, ".ohmymkt/providers.json"), "{");
    expect(await bench.text("read_state", { file: "health" })).toContain("providers.json cannot be read");
    expect((await refusal({ action: "list" })).code).toBe("corrupt_document");
    expect((await refusal(OPENAI)).code).toBe("corrupt_document");
  });
});
