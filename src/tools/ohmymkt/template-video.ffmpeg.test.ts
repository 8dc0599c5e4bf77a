import { afterEach, beforeEach, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../lib/canonical.ts";
import { png } from "../../testing/media-files.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { toolBench, type ToolBench } from "../../testing/tool-bench.ts";

let workspace: Workspace;
let bench: ToolBench;
beforeEach(() => {
  workspace = makeWorkspace();
  bench = toolBench({ directory: workspace.directory });
  bench.world = { ...bench.world, env: { PATH: process.env["PATH"] } };
});
afterEach(async () => {
  await bench.store.close();
  workspace.dispose();
});

const FILM = { type: "template", template_id: "title-card", props: { title: "Spring launch" }, duration_sec: 1 };
const make = (args: object) => bench.call("generate_video", args, "anyone");
const videos = (): string[] => readdirSync(join(workspace.directory, ".ohmymkt/assets/videos"));
const assets = (): { generated: object; path: string }[] =>
  JSON.parse(readFileSync(join(workspace.directory, ".ohmymkt/research/asset-manifest.json"), "utf8")).assets;

test("a template becomes a film that plays, with a row in the manifest, for nothing", async () => {
  const { text } = await make({ ...FILM, alt_text: "The words Spring launch" });
  expect(text).toMatch(/^Video: \.ohmymkt\/assets\/videos\/spring-launch-\w{12}\.mp4 \(1280x720, 1 s, video\/mp4, /);
  expect(text).toContain("By builtin title-card.");
  expect(text).not.toContain("AI-generated");
  const [asset] = assets();
  expect(asset).toMatchObject({ alt_text: "The words Spring launch" });
  const path = join(workspace.directory, asset?.path ?? "");
  expect(asset?.generated).toMatchObject({
    provider: "builtin",
    model: "title-card",
    width: 1280,
    height: 720,
    ai: false,
    hash: sha256(readFileSync(path)),
  });
  expect(asset?.generated).not.toHaveProperty("estimate");
  const probe = Bun.spawnSync(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path]);
  expect(Number(probe.stdout.toString())).toBeCloseTo(1, 1);
  expect([bench.questions, await bench.look((tx) => tx.paidCalls.list())]).toEqual([[], []]);
});

test("a film with a picture that a model drew says so", async () => {
  await Bun.write(join(workspace.directory, "media/a.png"), png(64, 64));
  const slides = { type: "template", template_id: "carousel", duration_sec: 1, aspect: "9:16" };
  const props = { slides: [{ title: "One", image: "media/a.png" }, { title: "Two" }] };
  await make({ ...slides, props });
  expect(assets().at(-1)?.generated).toMatchObject({ ai: false });
  await bench.look(async (tx) => {
    const { record } = await import("../../features/media/manifest.ts");
    const generated = {
      hash: sha256(png(64, 64)),
      size: 1,
      provider: "p",
      model: "m",
      prompt_hash: "h",
      warnings: [],
      ai: true,
    };
    await record(
      tx,
      { host: "library" },
      { type: "image", name: "a", mime: "image/png", path: "media/a.png", altText: "a", generated },
    );
  });
  await make({ ...slides, props });
  expect(assets().at(-1)?.generated).toMatchObject({ ai: true });
}, 120_000);

test("a render that is aborted or fails leaves neither file nor row", async () => {
  await expect(
    make({ ...FILM, template_id: "carousel", props: { slides: [{ title: "x", image: "none.png" }, { title: "y" }] } }),
  ).rejects.toThrow("there is no file");
  bench.world = { ...bench.world, env: { PATH: "/nowhere" } };
  await expect(make(FILM)).rejects.toThrow(/ffmpeg/);
  expect(videos()).toEqual([]);
  expect(await bench.text("asset_manifest", { action: "read" }, "anyone")).toContain("0 of 0 assets");
});
