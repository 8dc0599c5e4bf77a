import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../lib/canonical.ts";
import { png } from "../../testing/media-files.ts";
import { mediaBench, type MediaBench, type MediaBenchOptions } from "../../testing/media-bench.ts";
import { KEY, WIRES } from "../../testing/media-wires.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";

let workspace: Workspace;
let bench: MediaBench | undefined;
beforeEach(() => {
  workspace = makeWorkspace();
});
afterEach(async () => {
  await bench?.close();
  bench = undefined;
  workspace.dispose();
});

const start = async (over: Partial<MediaBenchOptions> = {}): Promise<MediaBench> =>
  (bench = await mediaBench({ directory: workspace.directory, category: "image", ...over }));
const images = (): string[] => {
  try {
    return readdirSync(join(workspace.directory, ".ohmymkt/assets/images"));
  } catch {
    return [];
  }
};
const manifest = (): unknown =>
  JSON.parse(readFileSync(join(workspace.directory, ".ohmymkt/research/asset-manifest.json"), "utf8"));
const slow = (): Response => Response.json({}, { status: 429, headers: { "retry-after": "90" } });

describe("ohmymkt_generate_image", () => {
  test.each(WIRES.filter(({ category }) => category === "image").map(({ id }) => [id]))(
    "by %s: asked about, paid once, kept, recorded, shown",
    async (provider) => {
      const { call, questions, rows, state, paid } = await start({
        provider,
        ...(provider === "openai-compatible"
          ? { options: { model: "m", price: { amount: 0.02, currency: "USD" } } }
          : {}),
      });
      state.file = png(640, 360);
      const { text, attach } = await call("generate_image", {
        prompt: "A standing desk, morning light",
        alt_text: "A standing desk at a window",
      });
      const hash = sha256(state.file);
      const path = `.ohmymkt/assets/images/a-standing-desk-morning-light-${hash.slice(0, 12)}.png`;
      expect(text.split("\n")[0]).toBe(
        `Image: ${path} (640x360, image/png, 2 kB), asset a-standing-desk-morning-light`,
      );
      expect(text).toContain("It is AI-generated; say so where it is published.");
      expect(text).not.toContain("Warning");
      expect(questions).toHaveLength(1);
      expect(questions[0]).toMatch(
        new RegExp(`^spend: USD 0\\.\\d+ of USD 100 left: image by ${provider} .+, "A standing desk, morning light"$`),
      );
      expect(sha256(readFileSync(join(workspace.directory, path)))).toBe(hash);
      const [row] = await rows();
      expect(row).toMatchObject({ state: "done", provider, file: { path, hash }, plan: "trials" });
      expect(manifest()).toMatchObject({
        assets: [
          {
            id: "a-standing-desk-morning-light",
            type: "image",
            status: "done",
            path,
            alt_text: "A standing desk at a window",
            generated: { hash, width: 640, height: 360, provider, ai: true, paid_call: row?.id, warnings: [] },
          },
        ],
      });
      expect(await attach?.()).toEqual([
        { filename: path.split("/").at(-1) ?? "", mime: "image/png", bytes: Buffer.from(state.file) },
      ]);
      expect(paid()).toBe(1);
    },
  );

  test("a picture as large as models draw them comes back with the answer", async () => {
    const { call, state } = await start();
    state.file = Buffer.concat([png(), Buffer.alloc(3_000_000)]);
    const { attach } = await call("generate_image", { prompt: "desk" });
    expect((await attach?.())?.map(({ bytes }) => bytes.length)).toEqual([state.file.length]);
  });

  test("without alt text it is done with a warning; a picture over what models look at stays in its file", async () => {
    const { call, state } = await start();
    state.file = Buffer.concat([png(), Buffer.alloc(4_000_000)]);
    const { text, attach } = await call("generate_image", { prompt: "desk" });
    expect(text).toContain("alt_text is missing");
    expect(text).toContain("too large to be shown here");
    expect(await attach?.()).toEqual([]);
  });

  test("style and what to avoid are part of the prompt", async () => {
    const { call, net } = await start();
    await call("generate_image", { prompt: "desk", style: "flat", negative_prompt: "people" });
    expect(JSON.parse(net.calls.at(-1)?.body ?? "")).toMatchObject({ prompt: "desk\nStyle: flat\nAvoid: people" });
  });

  test("hostile names and prompts are carried through unharmed", async () => {
    const { call, net } = await start();
    const prompt = '$(touch /tmp/x) `id` "; rm -rf / # \u202e 日本語 ../../etc/passwd';
    await call("generate_image", { prompt, name: "../../../../tmp/x" });
    expect(JSON.parse(net.calls.at(-1)?.body ?? "")).toMatchObject({ prompt });
    expect(images()).toHaveLength(1);
    expect(images()[0]).toMatch(/^[a-z0-9-]+\.png$/);
  });
});

describe("nothing is asked or spent", () => {
  test("without a provider, and the message is the call that mends it", async () => {
    const { call, refusal, paid, look } = await start();
    await look(async (tx) => {
      const { PROVIDERS_DOCUMENT, ProvidersFile } = await import("../../lib/providers.ts");
      await tx.documents.write(
        PROVIDERS_DOCUMENT,
        ProvidersFile.parse({ schema_version: 1, image: {}, video: {}, video_template: {}, publish: {} }),
      );
    });
    const { code, hint } = await refusal("generate_image", { prompt: "desk" });
    expect([code, hint]).toEqual([
      "provider",
      'ohmymkt_provider_config {action: "set", category: "image", provider: "openai", api_key_env: "OPENAI_API_KEY"}',
    ]);
    expect(call).toBeDefined();
    expect(paid()).toBe(0);
  });

  test("without the key in the environment", async () => {
    const { refusal, questions, paid, world } = await start();
    world.env = {};
    const { message, hint } = await refusal("generate_image", { prompt: "desk" });
    expect(message).toContain("the environment variable OPENAI_API_KEY of openai is not set");
    expect(hint).toContain('api_key_env: "OPENAI_API_KEY"');
    expect([questions, paid()]).toEqual([[], 0]);
  });

  test("without a price, in another currency, above the budget, without a budget, while a P0 is open", async () => {
    const one = await start({ options: { model: "gpt-image-9" } });
    const unknown = await one.refusal("generate_image", { prompt: "desk" });
    expect(unknown.message).toContain("no price is known for openai gpt-image-9");
    expect(unknown.hint).toContain(
      'ohmymkt_provider_config {action: "set", category: "image", provider: "openai", api_key_env: "OPENAI_API_KEY", options: {model: "gpt-image-9", price: {amount: 0.04, currency: "USD"}}}',
    );
    await one.configure("image", "openai", { options: { price: { amount: 0.05, currency: "EUR" } } });
    expect((await one.refusal("generate_image", { prompt: "desk" })).hint).toContain(
      'options: {price: {amount: 0.05, currency: "USD"}}',
    );
    await one.configure("image", "openai", { options: { price: { amount: 100.01, currency: "USD" } } });
    expect((await one.refusal("generate_image", { prompt: "desk" })).message).toBe(
      "this would cost about USD 100.01, and USD 100 of USD 100 is left of the plan trials",
    );
    await one.configure("image", "openai", {});
    await one.call("incident", { severity: "P0", module: "content_system", summary: "wrong price is live" });
    const stopped = await one.refusal("generate_image", { prompt: "desk" });
    expect([stopped.code, stopped.message]).toEqual([
      "not_allowed",
      expect.stringContaining("nothing is spent while the P0"),
    ]);
    expect([one.questions.filter((asked) => asked.startsWith("spend")), one.paid(), await one.rows()]).toEqual([
      [],
      0,
      [],
    ]);
  });

  test("under a plan without a budget", async () => {
    const one = await start();
    one.now += 1000;
    await one.call("plan_growth", { goal: "Something else", name: "other" });
    const { message, hint } = await one.refusal("generate_image", { prompt: "desk" });
    expect(message).toBe("the plan other has no budget, so nothing may be spent under it");
    expect(hint).toContain('revise: "other"');
  });

  test("while the manifest cannot be read: what is paid for must be recorded", async () => {
    const one = await start();
    await one.call("asset_manifest", { action: "add", type: "post", name: "one" });
    await Bun.write(join(workspace.directory, ".ohmymkt/research/asset-manifest.json"), "{ torn");
    expect((await one.refusal("generate_image", { prompt: "desk" })).code).toBe("corrupt_document");
    expect([one.paid(), await one.rows()]).toEqual([0, []]);
  });

  test("when the person says no, or nobody is there", async () => {
    const one = await start();
    one.answer = { approved: false, how: "host_prompt", reason: "too dear" };
    expect((await one.refusal("generate_image", { prompt: "desk" })).message).toContain("too dear");
    one.answer = undefined;
    expect((await one.refusal("generate_image", { prompt: "desk two" })).code).toBe("approval_required");
    expect([one.paid(), await one.rows()]).toEqual([0, []]);
  });

  test.each([
    [{ prompt: "desk", size: "1024x1024", aspect: "1:1" }],
    [{ prompt: "desk", size: "99999x1" }],
    [{ prompt: "desk", size: "8192x8192" }],
    [{ prompt: "desk", aspect: "0:1" }],
    [{ prompt: "" }],
    [{ prompt: "x".repeat(4001) }],
    [{ prompt: "desk", provider: "fal" }],
    [{ prompt: "desk", options: { price: { amount: 0, currency: "USD" } } }],
  ])("for %j", async (args) => {
    const one = await start();
    expect((await one.refusal("generate_image", args)).code).toBe("invalid_arguments");
    expect([one.questions, one.paid(), await one.rows()]).toEqual([[], 0, []]);
  });
});

describe("the runbook", () => {
  const mend = { api_key_env: "OPENAI_API_KEY" };

  test("missing, mended, tried once more, skipped with an incident, and taken up again by its end", async () => {
    const one = await start();
    one.world.env = {};
    const draw = { prompt: "desk" };
    expect((await one.refusal("generate_image", draw)).message).toContain(
      "Mend it as said, then repeat the same call once",
    );
    await one.configure("image", "openai", mend);
    one.world.env = { OPENAI_API_KEY: "wrong-key-1234" };
    const second = await one.refusal("generate_image", draw);
    expect(second.message).toContain("unauthorised");
    expect(second.message).toMatch(/The channel is skipped, P2 \S+ is open, and the cycle goes on without it/);
    const asked = one.questions.length;
    const third = await one.refusal("generate_image", draw);
    expect([third.message, third.hint]).toEqual([
      expect.stringContaining("image/openai is skipped"),
      expect.stringContaining('ohmymkt_provider_config {action: "test", category: "image", provider: "openai"}'),
    ]);
    expect([one.questions.length, one.paid()]).toEqual([asked, 1]);
    expect((await one.rows()).map(({ state }) => state)).toEqual(["released"]);
    const incident = /P2 (\S+) is open/.exec(second.message)?.[1];
    await one
      .call("incident", { action: "update", id: incident, status: "mitigated", note: "key replaced" })
      .catch(() => undefined);
    await one.call("incident", { action: "resolve", id: incident, note: "key replaced" });
    one.world.env = { OPENAI_API_KEY: KEY };
    expect((await one.call("generate_image", draw)).text).toContain("Image: ");
  });

  test("a quota that a call met is shown by the list until a call or a test goes through", async () => {
    const one = await start();
    const listed = (): Promise<string> => one.text("provider_config", { action: "list", category: "image" }, "anyone");
    one.state.first.push(one.wire.quota);
    expect((await one.refusal("generate_image", { prompt: "desk" })).message).toContain("quota");
    expect(await listed()).toMatch(/^image openai: quota, in use \(/m);
    await one.call("generate_image", { prompt: "desk two" });
    expect(await listed()).toMatch(/^image openai: configured, in use$/m);
  });

  test("a price that is not known, or a provider that is busy, is no trouble of the settings", async () => {
    const one = await start({ options: { model: "gpt-image-9" } });
    expect((await one.refusal("generate_image", { prompt: "desk" })).message).not.toContain("mend it");
    await one.configure("image", "openai", mend);
    one.state.first.push(slow);
    expect((await one.refusal("generate_image", { prompt: "desk" })).message).not.toContain("mend it");
    expect(await one.look((tx) => tx.ledger.list({ kind: "provider.failed" }))).toEqual([]);
  });
});

describe("an approval counts for exactly what was asked", () => {
  test("a plan or a setting that changes while the person thinks makes it stale", async () => {
    const one = await start();
    const ask = one.store.transaction.bind(one.store);
    let meanwhile: (() => Promise<unknown>) | undefined = async () =>
      one.configure("image", "openai", { options: { quality: "medium" } });
    one.store.transaction = async (cause, work, options) => {
      const result = await ask(cause, work, options);
      if (cause.tool === "ohmymkt_generate_image" && one.questions.length > 0 && meanwhile) {
        const change = meanwhile;
        meanwhile = undefined;
        await change();
      }
      return result;
    };
    expect((await one.refusal("generate_image", { prompt: "desk" })).code).toBe("stale");
    expect([one.paid(), await one.rows()]).toEqual([0, []]);
  });

  test("it is used up by one call", async () => {
    const one = await start();
    await one.call("generate_image", { prompt: "desk" });
    await one.call("generate_image", { prompt: "desk" });
    expect(one.questions).toHaveLength(2);
    expect(images()).toHaveLength(1);
  });
});

describe("money", () => {
  test("50 calls at once spend a budget for seven exactly seven times", async () => {
    const one = await start({
      budget: { amount: 0.7, currency: "USD" },
      options: { price: { amount: 0.1, currency: "USD" } },
    });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, at) => one.call("generate_image", { prompt: `desk ${at}` })),
    );
    const made = outcomes.filter(({ status }) => status === "fulfilled");
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : []));
    expect([made.length, one.paid(), (await one.rows()).length]).toEqual([7, 7, 7]);
    expect(refused.filter((text) => text.includes("of USD 0.7 is left"))).toHaveLength(43);
    expect(await one.look((tx) => tx.paidCalls.committed("trials"))).toEqual([{ amount: 0.7, currency: "USD" }]);
  });

  test("what certainly cost nothing is released; what may have is not", async () => {
    const one = await start();
    one.state.first.push(
      one.wire.quota,
      () => one.wire.unauthorised(`Incorrect key ${KEY}`),
      one.wire.refusedContent,
      slow,
    );
    for (const word of ["quota", "unauthorised", "rejected", "rate_limited"]) {
      const { code, message } = await one.refusal("generate_image", { prompt: `desk ${word}` });
      expect([code, message]).toEqual(["provider", expect.stringContaining(`openai: ${word}: `)]);
      expect(message).not.toContain(KEY);
    }
    one.state.first.push(() => new Response("cut", { status: 504 }));
    const doubt = await one.refusal("generate_image", { prompt: "desk doubt" });
    expect(doubt.message).toContain("it may have been charged, so USD 0.034 counts as spent (pay-");
    one.state.file = new TextEncoder().encode("<html>");
    expect((await one.refusal("generate_image", { prompt: "desk page" })).message).toContain(
      "expected a PNG, JPEG or WebP",
    );
    expect((await one.rows()).map(({ state }) => state)).toEqual([
      "released",
      "released",
      "released",
      "released",
      "unknown",
      "unknown",
    ]);
    expect(await one.look((tx) => tx.paidCalls.committed("trials"))).toEqual([{ amount: 0.068, currency: "USD" }]);
    expect(images()).toEqual([]);
  });

  test("a call whose process ended counts as spent from the next call on; one that still runs does not", async () => {
    const one = await start();
    const row = (pid: number, boot: string) =>
      one.look((tx) =>
        tx.paidCalls.reserve({
          plan: "trials",
          category: "image",
          provider: "openai",
          model: "m",
          summary: "s",
          request: {},
          estimate: { amount: 1, currency: "USD" },
          approval: "apr-1",
          owner: { pid, boot },
          requested_by: "x",
        }),
      );
    const { pid, boot } = one.world.owner;
    const gone = await row(4_000_000, "other");
    const restarted = await row(pid, "an earlier run");
    const alive = await row(77, "other");
    await row(pid, boot);
    one.world.isAlive = (number) => number === 77;
    const { text } = await one.call("generate_image", { prompt: "desk" });
    expect(text).toContain(`Earlier calls ended without an answer and count as spent: ${gone.id}, ${restarted.id}`);
    expect((await one.rows()).map(({ state }) => state)).toEqual([
      "unknown",
      "unknown",
      "reserved",
      "reserved",
      "done",
    ]);
    one.now += 31 * 60_000;
    expect((await one.call("generate_image", { prompt: "desk two" })).text).toContain(alive.id);
  });

  test("a file that cannot be kept counts as spent, and the manifest says nothing of it", async () => {
    const one = await start();
    one.store.saveMedia = () => Promise.reject(new Error("the disk is full"));
    expect(await one.call("generate_image", { prompt: "desk" }).catch(String)).toContain("the disk is full");
    expect((await one.rows()).map(({ state, problem }) => [state, problem])).toEqual([
      ["unknown", "it was made, and could not be kept: the disk is full"],
    ]);
  });
});

describe("the manifest", () => {
  test("how a file was generated is no argument of ohmymkt_asset_manifest", async () => {
    const one = await start();
    await one.call("generate_image", { prompt: "desk" });
    for (const action of ["add", "update"]) {
      const forged = await one.refusal("asset_manifest", {
        action,
        id: "desk",
        type: "image",
        name: "desk",
        generated: { ai: false },
      });
      expect(forged.code).toBe("invalid_arguments");
    }
    const { text } = await one.call("asset_manifest", { action: "update", id: "desk", alt_text: "A desk" });
    expect(text).toContain("AI-generated (openai gpt-image-1.5)");
  });
});
