import { describe, expect, test } from "bun:test";
import { OhmymktError } from "../errors.ts";
import {
  addAsset,
  AssetInput,
  assetLine,
  AssetManifest,
  assetWarning,
  filterAssets,
  updateAsset,
  type Asset,
} from "./assets.ts";

const WRITE = { at: "2026-03-01T09:00:00.000Z", by: "content-writer (opencode)" };
const LATER = { at: "2026-03-02T09:00:00.000Z", by: "content-ops (opencode)" };
type Input = Parameters<typeof addAsset>[1];

const add = (manifest: AssetManifest | undefined, input: Input) => addAsset(manifest, input, WRITE);
const { manifest: HERO, asset: HERO_ASSET } = add(undefined, {
  name: "Hero",
  type: "image",
  path: "img/hero.png",
  notes: "blue",
});

function publish(manifest: AssetManifest): AssetManifest {
  return { ...manifest, assets: manifest.assets.map((asset): Asset => ({ ...asset, status: "published" })) };
}

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof OhmymktError) return error.code;
    throw error;
  }
  return "no error";
}

describe("adding an asset", () => {
  test("starts as planned under an id made from the name", () => {
    expect(AssetManifest.parse(HERO).assets).toEqual([
      {
        id: "hero",
        type: "image",
        name: "Hero",
        status: "planned",
        path: "img/hero.png",
        notes: "blue",
        created_at: WRITE.at,
        updated_at: WRITE.at,
        updated_by: WRITE.by,
      },
    ]);
  });

  test.each<[string, Input, string, string[]]>([
    ["the same again changes nothing", { name: "hero", type: "image", path: "img/hero.png" }, "unchanged", ["hero"]],
    [
      "another path gets its own id",
      { name: "Hero", type: "image", path: "img/hero-2.png" },
      "added",
      ["hero", "hero-2"],
    ],
    ["another type gets its own id", { name: "Hero", type: "video" }, "added", ["hero", "hero-2"]],
    [
      "another name with the same slug gets its own id",
      { name: "Hero!", type: "image", path: "img/hero.png" },
      "added",
      ["hero", "hero-2"],
    ],
    ["an own id is kept", { id: "main", name: "Hero", type: "image" }, "added", ["hero", "main"]],
  ])("%s", (_what, input, outcome, ids) => {
    const change = add(HERO, input);
    expect(change.outcome).toBe(outcome as "added");
    expect(AssetManifest.parse(change.manifest).assets.map((asset) => asset.id)).toEqual(ids);
    expect(change.manifest.assets[0]).toEqual(HERO.assets[0]);
  });

  test.each<[string, string, Input]>([
    ["invalid_arguments", "no type", { name: "X" }],
    ["invalid_arguments", "no name", { type: "ad" }],
    ["invalid_arguments", "an id that holds something else", { id: "HERO", name: "Other", type: "ad" }],
    ["invalid_id", "an id that is a path", { id: "../x", name: "X", type: "ad" }],
    ["invalid_transition", "published by hand", { name: "X", type: "ad", status: "published" }],
    ["invalid_arguments", "done with nothing to show", { name: "X", type: "ad", status: "done" }],
  ])("gives %s for %s", (expected, _what, input) => {
    expect(code(() => add(HERO, input))).toBe(expected);
  });

  test("takes names in any script and keeps them apart", () => {
    const names = ["首页", "定价页", "صفحة", "🔥", "🚀", "..", "CON", "a\0b"];
    const manifest = names.reduce<AssetManifest | undefined>(
      (now, name) => add(now, { name, type: "landing_page" }).manifest,
      undefined,
    );
    expect(new Set(manifest?.assets.map((asset) => asset.id)).size).toBe(names.length);
    expect(manifest?.assets.map((asset) => asset.name)).toEqual(names);
  });
});

describe("updating an asset", () => {
  test("keeps what the call does not name", () => {
    const { asset, outcome } = updateAsset(HERO, { id: "hero", status: "done" }, LATER);
    expect(outcome).toBe("updated");
    expect(asset).toEqual({ ...HERO_ASSET, status: "done", updated_at: LATER.at, updated_by: LATER.by });
  });

  test("finds it by name, renames it by id, and notices when nothing changes", () => {
    expect(updateAsset(HERO, { name: "HERO", notes: "red" }, LATER).asset).toMatchObject({
      id: "hero",
      notes: "red",
      name: "Hero",
    });
    expect(updateAsset(HERO, { id: "hero", name: "Header" }, LATER).asset).toMatchObject({
      id: "hero",
      name: "Header",
    });
    expect(updateAsset(HERO, { id: "hero", notes: "blue" }, LATER).outcome).toBe("unchanged");
  });

  test.each<[string, string, AssetManifest, Input]>([
    ["not_found", "an unknown id", HERO, { id: "nobody", notes: "x" }],
    ["invalid_arguments", "neither id nor name", HERO, { notes: "x" }],
    [
      "ambiguous",
      "a name that two have",
      add(HERO, { name: "Hero", type: "ad" }).manifest,
      { name: "Hero", notes: "x" },
    ],
    ["invalid_transition", "published by hand", HERO, { id: "hero", status: "published" }],
    ["invalid_transition", "taking a published one back", publish(HERO), { id: "hero", status: "done" }],
  ])("gives %s for %s", (expected, _what, manifest, input) => {
    expect(code(() => updateAsset(manifest, input, LATER))).toBe(expected);
  });

  test("may note something on a published one", () => {
    expect(
      updateAsset(publish(HERO), { id: "hero", alt_text: "a blue hero", status: "published" }, LATER).asset,
    ).toMatchObject({ status: "published", alt_text: "a blue hero" });
  });
});

test.each(["content/post.md", "./a.png", ".ohmymkt/assets/images/x.png", "图片/主图.png", "a..b/c...d"])(
  "the path %p is inside the project",
  (path) => {
    expect(AssetInput.safeParse({ path }).success).toBe(true);
  },
);

test.each([
  "/etc/passwd",
  "../x",
  "a/../../x",
  "C:\\x",
  "C:x",
  "a\\b",
  "~/x",
  "https://example.com/a.png",
  "file:///x",
  "a\0b",
  ".",
  "./",
  "",
])("the path %p is refused", (path) => {
  expect(AssetInput.safeParse({ path }).success).toBe(false);
});

test.each([
  ["Landing Page", "landing_page"],
  ["LANDING-PAGE", "landing_page"],
  ["image", "image"],
  ["nonsense", undefined],
])("the type %p is read as %p", (type, expected) => {
  expect(AssetInput.safeParse({ type }).data?.type).toBe(expected as "image");
});

test("a status is read in any case", () => {
  expect(AssetInput.parse({ status: "In Progress" }).status).toBe("in_progress");
  expect(AssetInput.safeParse({ status: "finished" }).success).toBe(false);
});

test.each<[Partial<Asset>, boolean]>([
  [{ type: "image", status: "done" }, true],
  [{ type: "video", status: "published" }, true],
  [{ type: "image", status: "planned" }, false],
  [{ type: "email", status: "done" }, false],
  [{ type: "image", status: "done", alt_text: "a blue hero" }, false],
])("%p lacks its alt text: %p", (members, lacks) => {
  expect(assetWarning({ ...HERO_ASSET, ...members }) !== undefined).toBe(lacks);
});

test("a manifest with one id twice is refused", () => {
  expect(AssetManifest.safeParse({ ...HERO, assets: [...HERO.assets, ...HERO.assets] }).success).toBe(false);
});

test("reading filters by what is stated", () => {
  const { assets } = add(HERO, { name: "Launch mail", type: "email" }).manifest;
  expect(filterAssets(assets, {}).length).toBe(2);
  expect(filterAssets(assets, { type: "email" }).map((asset) => asset.id)).toEqual(["launch-mail"]);
  expect(filterAssets(assets, { name: "HER" }).map((asset) => asset.id)).toEqual(["hero"]);
  expect(filterAssets(assets, { status: "done" })).toEqual([]);
  expect(filterAssets(assets, { path: "img/" }).map((asset) => asset.id)).toEqual(["hero"]);
});

test("an asset reads as one line", () => {
  expect(assetLine({ ...HERO_ASSET, name: "He\nro" })).toBe("- hero: He ro, image, planned; img/hero.png; notes: blue");
});
