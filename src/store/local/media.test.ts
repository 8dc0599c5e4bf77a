import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../lib/canonical.ts";
import { slug } from "../../lib/names.ts";
import { openStore } from "../open.ts";
import type { Store } from "../store.ts";
import { CAUSE, caught, makeProject, type Project } from "./testing/fixtures.ts";

const BYTES = new TextEncoder().encode("a picture");
const HASH = sha256(BYTES);

let project: Project;
let store: Store;
let outside: string;

beforeEach(() => {
  project = makeProject();
  outside = mkdtempSync(join(tmpdir(), "ohmymkt-outside-"));
  store = openStore({ directory: project.directory });
});
afterEach(async () => {
  await store.close();
  project.remove();
  rmSync(outside, { recursive: true });
});

const images = (): string[] => readdirSync(project.path("assets/images"));
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(join(project.directory, path)));

describe("a generated file", () => {
  test("is kept whole under a name made of its name and hash, and can be opened by its path", async () => {
    const saved = await store.saveMedia("images", "Spring Hero", "png", BYTES);
    expect(saved).toEqual({
      path: `.ohmymkt/assets/images/spring-hero-${HASH.slice(0, 12)}.png`,
      hash: HASH,
      size: BYTES.length,
    });
    expect(read(saved.path)).toEqual(BYTES);
    expect(images()).toHaveLength(1);
    expect(project.text(".gitignore")).toBe("ohmymkt.db*\n.tmp/\n");
    const pieces: Uint8Array[] = [];
    for await (const piece of (await store.file(saved.path)).bytes()) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe("a picture");
  });

  test("comes from a writer that gets a hidden path beside the final one, with the right extension", async () => {
    let given = "";
    const saved = await store.saveMedia("videos", "clip", "mp4", async (path) => {
      given = path;
      expect(existsSync(path)).toBe(false);
      await Bun.write(path, BYTES);
    });
    expect(given).toMatch(/assets\/videos\/\.[^/]+\.mp4$/);
    expect(saved).toMatchObject({ hash: HASH, size: BYTES.length });
    expect(readdirSync(project.path("assets/videos"))).toEqual([`clip-${HASH.slice(0, 12)}.mp4`]);
  });

  test("that is there already stays the same file", async () => {
    const first = await store.saveMedia("images", "a", "png", BYTES);
    const { ino, mtimeMs } = lstatSync(join(project.directory, first.path));
    const again = await Promise.all([1, 2, 3].map(() => store.saveMedia("images", "a", "png", BYTES)));
    expect(again).toEqual([first, first, first]);
    expect(lstatSync(join(project.directory, first.path))).toMatchObject({ ino, mtimeMs });
    expect(images()).toHaveLength(1);
    expect(await store.saveMedia("images", "b", "png", BYTES)).not.toEqual(first);
    expect(images()).toHaveLength(2);
  });

  test("never replaces what somebody changed by hand under its name, nor a link", async () => {
    const { path } = await store.saveMedia("images", "a", "png", BYTES);
    writeFileSync(join(project.directory, path), "mine");
    const beside = await store.saveMedia("images", "a", "png", BYTES);
    expect(beside.path).toBe(`.ohmymkt/assets/images/a-${HASH}.png`);
    expect(read(beside.path)).toEqual(BYTES);
    expect(readFileSync(join(project.directory, path), "utf8")).toBe("mine");
    rmSync(join(project.directory, beside.path));
    symlinkSync(join(outside, "stolen"), join(project.directory, beside.path));
    expect(await caught(store.saveMedia("images", "a", "png", BYTES))).toMatchObject({ code: "corrupt_document" });
    expect(readdirSync(outside)).toEqual([]);
    expect(images()).toHaveLength(2);
  });

  test.each([
    "../../x",
    "/etc/passwd",
    "a/b",
    "..",
    ".",
    "",
    "con",
    "$(rm -rf .)",
    "x\u0000y",
    "日本語",
    "é".repeat(999),
  ])("with the name %j stays in its folder", async (name) => {
    const saved = await store.saveMedia("images", name, "png", BYTES);
    expect(saved.path).toBe(`.ohmymkt/assets/images/${slug(name)}-${HASH.slice(0, 12)}.png`);
    expect(saved.path.split("/")).toHaveLength(4);
    expect(images()).toEqual([saved.path.slice(".ohmymkt/assets/images/".length)]);
    expect(readdirSync(project.directory)).toEqual([".ohmymkt"]);
  });

  test.each([
    ["images", "p"],
    ["images", "PNG"],
    ["images", "jpeg22"],
    ["images", "/../x"],
    ["images", "a.b"],
    ["images", ""],
    ["..", "png"],
    ["reports", "png"],
  ])("in the folder %j with the extension %j is refused", async (folder, extension) => {
    const refusal = await caught(store.saveMedia(folder as "images", "a", extension, BYTES));
    expect(refusal).toMatchObject({ code: "invalid_arguments", message: expect.stringContaining("expected") });
    expect(readdirSync(project.directory)).toEqual([]);
  });

  test.each<[string, Uint8Array | ((path: string) => Promise<void>)]>([
    ["no bytes", new Uint8Array()],
    ["a writer that writes nothing", async () => undefined],
    ["a writer that leaves an empty file", async (path) => writeFileSync(path, "")],
    ["a writer that leaves a folder", async (path) => mkdirSync(path)],
    ["a writer that leaves a link", async (path) => symlinkSync("/etc/passwd", path)],
  ])("of %s is refused and leaves nothing", async (_what, content) => {
    expect(await caught(store.saveMedia("images", "a", "png", content))).toMatchObject({ code: "invalid_arguments" });
    expect(images()).toEqual([]);
    expect(existsSync("/etc/passwd")).toBe(true);
  });

  test.each(["ECONNRESET", "ENOENT", undefined])(
    "whose writer fails with the code %p leaves nothing, and the writer's error goes to the caller",
    async (code) => {
      const failure = Object.assign(new Error("the renderer broke"), code === undefined ? {} : { code });
      const given = await caught(
        store.saveMedia("images", "a", "png", async (path) => {
          await Bun.write(path, "half");
          throw failure;
        }),
      );
      expect(given).toBe(failure);
      expect(images()).toEqual([]);
    },
  );

  test("whose writer meets a full disk is a storage error and leaves nothing", async () => {
    const given = await caught(
      store.saveMedia("images", "a", "png", async (path) => {
        await Bun.write(path, "half");
        throw Object.assign(new Error("write"), { code: "ENOSPC" });
      }),
    );
    expect(given).toMatchObject({ code: "storage", hint: expect.stringMatching(/disk is full/) });
    expect(images()).toEqual([]);
  });
});

describe("folders", () => {
  test.each(["assets", "assets/images"])("a link at %s that leads out of the project is not followed", async (at) => {
    mkdirSync(project.path(at === "assets" ? "." : "assets"), { recursive: true });
    symlinkSync(outside, project.path(at));
    const refusal = await caught(store.saveMedia("images", "a", "png", BYTES));
    expect(refusal).toMatchObject({ code: "corrupt_document", message: expect.stringContaining("leads outside") });
    expect(readdirSync(outside)).toEqual([]);
  });

  test("a state folder that is a link out of the project is not followed", async () => {
    symlinkSync(outside, project.path("."));
    expect(await caught(store.saveMedia("images", "a", "png", BYTES))).toMatchObject({ code: "not_allowed" });
    expect(readdirSync(outside)).toEqual([]);
  });

  test("a file where a folder should be is a storage error", async () => {
    project.put("assets", "mine");
    const refusal = await caught(store.saveMedia("images", "a", "png", BYTES));
    expect(refusal).toMatchObject({ code: expect.stringMatching(/^(storage|corrupt_document)$/) });
    expect(project.text("assets")).toBe("mine");
  });

  test("an ignore file that somebody changed is left alone", async () => {
    project.put(".gitignore", "mine\n");
    await store.saveMedia("images", "a", "png", BYTES);
    expect(project.text(".gitignore")).toBe("mine\n");
  });

  test("temporary files are removed when they are old, and only they", async () => {
    const old = new Date(Date.now() - 25 * 3_600_000);
    for (const name of [".media-1-1-x.png", ".mine.png", "mine.png"]) {
      project.put(`assets/images/${name}`, "x");
      utimesSync(project.path(`assets/images/${name}`), old, old);
    }
    project.put("assets/images/.media-2-1-x.png", "still written");
    await store.saveMedia("images", "a", "png", BYTES);
    expect(images().toSorted()).toEqual([".media-2-1-x.png", ".mine.png", `a-${HASH.slice(0, 12)}.png`, "mine.png"]);
  });
});

test("saving inside a transaction, or after the end, is refused", async () => {
  const nested = store.transaction(CAUSE, () => store.saveMedia("images", "a", "png", BYTES));
  expect(await caught(nested)).toMatchObject({ code: "internal", message: expect.stringContaining("transaction") });
  await store.close();
  expect(await caught(store.saveMedia("images", "a", "png", BYTES))).toMatchObject({ code: "internal" });
});

interface Saved {
  saved: { path: string; hash: string; size: number };
  growth: number;
  longest: number;
  whole: number;
}

describe("a large file", () => {
  const saver = (mode: string, mib: number) =>
    Bun.spawn([process.execPath, join(import.meta.dir, "testing/media-saver.ts"), project.directory, `${mib}`, mode], {
      env: { ...process.env, BUN_BE_BUN: "1" },
      stdout: "pipe",
    });
  const save = async (): Promise<Saved> => JSON.parse(await new Response(saver("save", 50).stdout).text()) as Saved;

  test("of 50 MiB is hashed in pieces: little memory, and the event loop goes on turning", async () => {
    // On a busy machine the scheduler makes pauses of its own; twice in a row it makes none as long as hashing in one go.
    let said = await save();
    if (said.longest >= said.whole) said = await save();
    const whole = new Uint8Array(50 * 1024 * 1024).fill(7);
    expect(said.saved).toMatchObject({ size: whole.length, hash: sha256(whole) });
    expect(lstatSync(join(project.directory, said.saved.path)).size).toBe(whole.length);
    expect(said.growth).toBeLessThan(20 * 1024 * 1024);
    expect(said.longest).toBeLessThan(said.whole);
  }, 30_000);

  test("of a process that is killed while it writes never gets its name", async () => {
    const child = saver("hang", 8);
    const reader = child.stdout.getReader();
    const path = new TextDecoder().decode((await reader.read()).value).trim();
    child.kill("SIGKILL");
    await child.exited;
    expect(existsSync(path)).toBe(true);
    const left = readdirSync(project.path("assets/videos"));
    expect(left).toHaveLength(1);
    expect(left[0]).toStartWith(".media-");
    const old = new Date(Date.now() - 25 * 3_600_000);
    utimesSync(path, old, old);
    await store.saveMedia("videos", "next", "mp4", BYTES);
    expect(readdirSync(project.path("assets/videos"))).toEqual([`next-${HASH.slice(0, 12)}.mp4`]);
  }, 30_000);
});
