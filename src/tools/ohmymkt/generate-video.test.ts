import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../lib/canonical.ts";
import { openStore } from "../../store/open.ts";
import { film, png } from "../../testing/media-files.ts";
import { mediaBench, type MediaBench, type MediaBenchOptions } from "../../testing/media-bench.ts";
import { WIRES } from "../../testing/media-wires.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { generateVideo } from "./generate-video.ts";
import { leanSchema } from "./lean-schema.ts";

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
  (bench = await mediaBench({ directory: workspace.directory, category: "video", ...over }));
const videos = (): string[] => {
  try {
    return readdirSync(join(workspace.directory, ".ohmymkt/assets/videos"));
  } catch {
    return [];
  }
};
const idIn = (text: string): string => /pay-\w+/.exec(text)?.[0] ?? "?";
const AI = { type: "ai", prompt: "A desk turns" };

describe.each(WIRES.filter(({ category }) => category === "video").map(({ id }) => [id]))("by %s", (provider) => {
  test("asked about, started once, asked for with growing pauses, kept and recorded", async () => {
    const { call, questions, rows, state, paid, net } = await start({ provider });
    state.working = 3;
    const { text } = await call("generate_video", { ...AI, duration_sec: 5 });
    expect(questions).toHaveLength(1);
    expect(questions[0]).toMatch(
      new RegExp(`^spend: USD 0\\.\\d+ of USD 100 left: video by ${provider} .+, "A desk turns"$`),
    );
    const path = `.ohmymkt/assets/videos/a-desk-turns-${sha256(state.file).slice(0, 12)}.mp4`;
    expect(text).toContain(`Video: ${path} (5 s, video/mp4, 1 kB), asset a-desk-turns`);
    expect(text).toContain(
      'a-desk-turns: alt_text is missing; ohmymkt_asset_manifest {action: "update", id: "a-desk-turns", alt_text: "…"} adds it',
    );
    expect(net.pauses).toEqual([1000, 2000, 3000]);
    expect(sha256(readFileSync(join(workspace.directory, path)))).toBe(sha256(state.file));
    const [row] = await rows();
    expect(row).toMatchObject({ state: "done", provider, file: { path } });
    expect(
      JSON.parse(readFileSync(join(workspace.directory, ".ohmymkt/research/asset-manifest.json"), "utf8")),
    ).toMatchObject({
      assets: [
        { type: "video", status: "done", path, generated: { provider, duration_sec: 5, ai: true, paid_call: row?.id } },
      ],
    });
    expect(paid()).toBe(1);
  });

  test("the words for those who cannot see it wait with the job", async () => {
    const one = await start({ provider });
    one.state.working = 100;
    const words = { name: "desk", alt_text: "A desk turns once" };
    const id = idIn((await one.call("generate_video", { ...AI, ...words })).text);
    one.state.working = 0;
    const { text } = await one.call("generate_video", { type: "ai", id });
    expect(text).not.toContain("alt_text");
    expect((await one.call("asset_manifest", { action: "read" })).text).toContain("alt: A desk turns once");
  });

  test("what takes longer is a job, and another process asks for it without paying again", async () => {
    const one = await start({ provider });
    one.state.working = 100;
    const { text } = await one.call("generate_video", AI);
    expect(text).toContain(
      `Ask again in a minute; it costs nothing: ohmymkt_generate_video {type: "ai", id: "${idIn(text)}"}`,
    );
    expect(one.net.pauses.reduce((sum, ms) => sum + ms)).toBe(20_000);
    expect((await one.rows())[0]).toMatchObject({ state: "started", operation: expect.anything() });

    // The process dies here; a new one has another store, another boot and nothing in memory.
    await one.store.close();
    one.store = openStore({ directory: workspace.directory, sync: "off", now: () => new Date(one.now) });
    one.world.owner = { pid: 4_000_000, boot: "next" };
    one.state.working = 1;
    const again = await one.call("generate_video", { type: "ai", id: idIn(text) });
    expect(again.text).toContain("Video: .ohmymkt/assets/videos/a-desk-turns-");
    expect([one.paid(), one.questions.length]).toEqual([1, 1]);

    const third = await one.call("generate_video", { type: "ai", id: idIn(text) });
    expect(third.text).toContain("Video: .ohmymkt/assets/videos/a-desk-turns-");
    expect([one.paid(), videos().length]).toEqual([1, 1]);
  });

  test("who lost the id is told of what is being made by a call without a prompt", async () => {
    const one = await start({ provider });
    one.state.working = 100;
    const id = idIn((await one.call("generate_video", AI)).text);
    const { message } = await one.refusal("generate_video", { type: "ai" });
    expect(message).toContain("expected a prompt for a video by AI, got none");
    expect(message).toContain(`"A desk turns"; ask for it: ohmymkt_generate_video {type: "ai", id: "${id}"}`);
  });

  test("two processes that ask at once record it once", async () => {
    const one = await start({ provider });
    one.state.working = 100;
    const { text } = await one.call("generate_video", AI);
    one.state.working = 0;
    const asked = { type: "ai", id: idIn(text) };
    await Promise.all([one.call("generate_video", asked), one.call("generate_video", asked)]);
    const manifest: { assets: unknown[] } = JSON.parse(
      readFileSync(join(workspace.directory, ".ohmymkt/research/asset-manifest.json"), "utf8"),
    );
    expect([manifest.assets.length, videos().length, one.paid()]).toEqual([1, 1, 1]);
  });
});

test("the manifest has the size and length of the film itself", async () => {
  const one = await start();
  one.state.file = film(1280, 720, 4.2);
  const { text } = await one.call("generate_video", { ...AI, duration_sec: 4 });
  expect(text).toContain("(1280x720, 4.2 s, video/mp4, 1 kB)");
  expect(
    JSON.parse(readFileSync(join(workspace.directory, ".ohmymkt/research/asset-manifest.json"), "utf8")),
  ).toMatchObject({ assets: [{ generated: { width: 1280, height: 720, duration_sec: 4.2 } }] });
});

describe("what goes wrong", () => {
  test("a start without an answer counts as spent, and is not repeated", async () => {
    const one = await start();
    one.state.first.push(() => new Response("gateway", { status: 504 }));
    const { message } = await one.refusal("generate_video", AI);
    expect(message).toContain("it may have been charged, so USD 1.2 counts as spent");
    const told = await one.refusal("generate_video", { type: "ai", id: idIn(message) });
    expect(told.message).toContain("may have been started, and nobody can tell");
    expect([one.paid(), (await one.rows()).map(({ state }) => state)]).toEqual([1, ["unknown"]]);
  });

  test("a process that died while it started counts as spent", async () => {
    const one = await start();
    const lost = await one.look((tx) =>
      tx.paidCalls.reserve({
        plan: "trials",
        category: "video",
        provider: "google",
        model: "m",
        summary: "s",
        request: { prompt: "x", model: "m", duration: 8 },
        estimate: { amount: 99, currency: "USD" },
        approval: "apr-1",
        owner: { pid: 4_000_000, boot: "other" },
        requested_by: "x",
      }),
    );
    expect((await one.refusal("generate_video", AI)).message).toContain("USD 1 of USD 100 is left");
    expect((await one.refusal("generate_video", { type: "ai", id: lost.id })).message).toContain(
      "the process that made the call ended before the answer",
    );
    expect(one.paid()).toBe(0);
  });

  test("a question that fails keeps the video, and says how to ask again", async () => {
    const one = await start();
    one.state.later.push(() => one.wire.unauthorised("revoked"));
    const { message, hint } = await one.refusal("generate_video", AI);
    expect(message).toContain("was started, and nothing of it is lost");
    expect(hint).toBe(`then ask for it again: ohmymkt_generate_video {type: "ai", id: "${idIn(message)}"}`);
    expect((await one.call("generate_video", { type: "ai", id: idIn(message) })).text).toContain("Video: ");
    expect(one.paid()).toBe(1);
  });

  test("work that the provider gives up counts as spent and is not asked for again", async () => {
    const one = await start();
    one.state.later.push(() => Response.json({ name: "x", done: true, error: { message: "no capacity" } }));
    const { message } = await one.refusal("generate_video", AI);
    expect(message).toContain("no capacity; USD 1.2 counts as spent");
    const calls = one.net.calls.length;
    expect((await one.refusal("generate_video", { type: "ai", id: idIn(message) })).message).toContain("was not made");
    expect([one.net.calls.length, (await one.rows())[0]?.state]).toEqual([calls, "failed"]);
  });

  test("an abort while it is waited for leaves the job", async () => {
    const one = await start();
    one.state.working = 100;
    one.world.sleep = () => Promise.reject(new Error("aborted"));
    expect((await one.call("generate_video", AI)).text).toContain("Started, and not done yet: pay-");
  });

  test("a disk that is full leaves the video to be fetched later", async () => {
    const one = await start();
    const save = one.store.saveMedia.bind(one.store);
    one.store.saveMedia = () => Promise.reject(new Error("the disk is full"));
    expect(await one.call("generate_video", AI).catch(String)).toContain("the disk is full");
    const [row] = await one.rows();
    expect(row?.state).toBe("started");
    one.store.saveMedia = save;
    expect((await one.call("generate_video", { type: "ai", id: row?.id })).text).toContain("Video: ");
    expect(one.paid()).toBe(1);
  });
});

describe("arguments", () => {
  test("a first frame is read from the project, and only a picture of it", async () => {
    const one = await start();
    await Bun.write(join(workspace.directory, "media/first.png"), png(16, 9));
    await Bun.write(join(workspace.directory, "notes.txt"), "secret notes");
    await one.call("generate_video", { ...AI, image_path: "media/first.png" });
    expect(JSON.parse(one.net.calls.find((call) => one.wire.paid(call))?.body ?? "")).toMatchObject({
      instances: [{ image: { mimeType: "image/png", bytesBase64Encoded: Buffer.from(png(16, 9)).toString("base64") } }],
    });
    expect((await one.rows())[0]?.request).toMatchObject({
      image: { path: "media/first.png", hash: sha256(png(16, 9)) },
    });
    expect((await one.refusal("generate_video", { ...AI, image_path: "notes.txt" })).message).not.toContain("secret");
    for (const path of ["../../etc/passwd", "/etc/passwd", "none.png", ".ohmymkt"])
      expect(["not_found", "not_allowed", "invalid_arguments"]).toContain(
        (await one.refusal("generate_video", { ...AI, image_path: path })).code,
      );
    expect(one.paid()).toBe(1);
  });

  test("fal is asked for the model that looks at the first frame, which the question names", async () => {
    const one = await start({ provider: "fal" });
    await Bun.write(join(workspace.directory, "first.png"), png(16, 9));
    await one.call("generate_video", { ...AI, image_path: "first.png" });
    const model = "fal-ai/kling-video/v2.5-turbo/pro/image-to-video";
    expect(one.net.calls.find((call) => one.wire.paid(call))?.path).toBe(`/${model}`);
    expect(one.questions[0]).toContain(model);
    await one.call("generate_video", AI);
    expect(one.questions[1]).toContain("/text-to-video");
  });

  test("a first frame that changes while the person thinks makes the approval stale", async () => {
    const one = await start();
    const path = join(workspace.directory, "first.png");
    await Bun.write(path, png(16, 9));
    const ask = one.store.transaction.bind(one.store);
    let changed = false;
    one.store.transaction = async (cause, work, options) => {
      const result = await ask(cause, work, options);
      if (one.questions.length > 0 && !changed) {
        changed = true;
        await Bun.write(path, png(9, 16));
      }
      return result;
    };
    expect((await one.refusal("generate_video", { ...AI, image_path: "first.png" })).code).toBe("stale");
    expect(one.paid()).toBe(0);
  });

  test.each([
    [{ type: "ai" }],
    [{ ...AI, duration_sec: 0 }],
    [{ ...AI, duration_sec: 3600 }],
    [{ ...AI, aspect: "wide" }],
    [{ ...AI, metadata: { author: "x" } }],
    [{ ...AI, template_id: "title-card" }],
    [{ type: "template", template_id: "title-card", props: { title: "x" }, prompt: "a desk" }],
    [{ type: "template", template_id: "title-card", props: { title: "x" }, aspect: "4:3" }],
    [{ type: "template", template_id: "title-card", props: { title: "x".repeat(100_000) } }],
    [{ type: "template", template_id: "title-card", props: { title: "x", author: "y" } }],
    [{ type: "template", template_id: "../../etc/passwd", props: {} }],
    [{ type: "template", template_id: "$(reboot)", props: {} }],
    [{ type: "template", template_id: "__proto__", props: {} }],
  ])("%j is refused", async (args) => {
    const one = await start();
    expect((await one.refusal("generate_video", args)).code).toBe("invalid_arguments");
    expect([one.questions, one.paid()]).toEqual([[], 0]);
  });

  test.each(["pay-000000000000", "../x", "'; DROP TABLE paid_call; --"])("the id %s means nothing", async (id) => {
    const one = await start();
    expect((await one.refusal("generate_video", { type: "ai", id })).code).toBe("not_found");
  });

  test("a call without a template lists those that there are", async () => {
    const one = await start();
    const { code, message } = await one.refusal("generate_video", { type: "template" });
    expect(code).toBe("invalid_arguments");
    for (const id of ["title-card", "quote-card", "bar-chart-race", "carousel"]) expect(message).toContain(`${id}: `);
  });

  test.each(["id", "alt_text"])("a model is not shown %s", (name) => {
    expect(Object.keys(Object(leanSchema(generateVideo.args)["properties"]))).not.toContain(name);
  });
});
