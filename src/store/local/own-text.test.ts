import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withWorkspace } from "../../testing/temp-workspace.ts";
import { openStore } from "../open.ts";

const PATH = "public/feed.xml";

describe("a project's own text files", () => {
  test("two stores that change one file lose nothing of each other", async () => {
    await withWorkspace(async (directory) => {
      const stores = [openStore({ directory }), openStore({ directory })];
      const lines = Array.from({ length: 40 }, (_, index) => `${index}`);
      await Promise.all(
        lines.map((line, index) => stores[index % 2]?.updateText(PATH, (text = "") => `${text}${line}\n`)),
      );
      const found = (await stores[0]?.readText(PATH)) ?? "";
      expect(found.trim().split("\n").toSorted()).toEqual(lines.toSorted());
      await Promise.all(stores.map((store) => store.close()));
    });
  });

  test("undefined leaves the file, and what the change throws comes out; both give the lock back", async () => {
    await withWorkspace(async (directory) => {
      const store = openStore({ directory });
      await store.updateText(PATH, () => "one");
      await store.updateText(PATH, (text) => {
        expect(text).toBe("one");
        return undefined;
      });
      await expect(
        store.updateText(PATH, () => {
          throw new RangeError("not this");
        }),
      ).rejects.toThrow("not this");
      expect(readFileSync(join(directory, PATH), "utf8")).toBe("one");
      await openStore({ directory, busyTimeoutMs: 500 }).updateText(PATH, () => "two");
      expect(await store.readText(PATH)).toBe("two");
      expect(await store.readText("public/none.xml")).toBeUndefined();
      await store.close();
    });
  });

  test("a link is neither read nor followed, and nothing is made behind one", async () => {
    await withWorkspace(async (directory) => {
      await withWorkspace(async (elsewhere) => {
        const secret = join(elsewhere, "secret.xml");
        writeFileSync(secret, "secret");
        symlinkSync(secret, join(directory, "feed.xml"));
        symlinkSync(elsewhere, join(directory, "out"));
        const store = openStore({ directory });
        for (const path of ["feed.xml", "out/new/deep/feed.xml"]) {
          await expect(store.readText(path)).rejects.toMatchObject({ code: "not_allowed" });
          await expect(store.updateText(path, () => "x")).rejects.toMatchObject({ code: "not_allowed" });
        }
        expect(existsSync(join(elsewhere, "new"))).toBe(false);
        expect(readFileSync(secret, "utf8")).toBe("secret");
        await store.close();
      });
    });
  });

  test("a read-only file and a folder are left alone; another file keeps its mode", async () => {
    await withWorkspace(async (directory) => {
      const store = openStore({ directory });
      mkdirSync(join(directory, "public/folder.xml"), { recursive: true });
      for (const [name, mode] of [
        ["fixed.xml", 0o444],
        ["open.xml", 0o664],
      ] as const) {
        writeFileSync(join(directory, "public", name), "old");
        chmodSync(join(directory, "public", name), mode);
      }
      for (const path of ["public/fixed.xml", "public/folder.xml"])
        await expect(store.updateText(path, () => "new")).rejects.toMatchObject({ code: "not_allowed" });
      await store.updateText("public/open.xml", () => "new");
      expect(readFileSync(join(directory, "public/fixed.xml"), "utf8")).toBe("old");
      expect(statSync(join(directory, "public/open.xml")).mode & 0o777).toBe(0o664);
      expect(readdirSync(join(directory, "public")).toSorted()).toEqual(["fixed.xml", "folder.xml", "open.xml"]);
      await store.close();
    });
  });

  test.each([
    "con.xml",
    "a/NUL",
    "feed.xml.",
    "feed.xml ",
    "a\\b.xml",
    "C:/feed.xml",
    "feed.xml:stream",
    "feed\u0000.xml",
    "a\nb.xml",
    ".opencode/agents/x.md",
    ".git/hooks/pre-commit",
    "node_modules/x/index.js",
    "a/Node_Modules/feed.xml",
    `${"a/".repeat(600)}feed.xml`,
    "../feed.xml",
    "/etc/feed.xml",
    ".ohmymkt/state/gates.json",
    "a/.git/x",
    "",
    ".",
    "link/feed.xml",
  ])("%j is refused", async (path) => {
    await withWorkspace(async (directory) => {
      mkdirSync(join(directory, "public"));
      writeFileSync(join(directory, "public/x"), "x");
      symlinkSync(tmpdir(), join(directory, "link"));
      const store = openStore({ directory });
      await expect(store.updateText(path, () => "x")).rejects.toMatchObject({ code: "not_allowed" });
      await expect(store.readText(path)).rejects.toMatchObject({ code: "not_allowed" });
      await store.close();
    });
  });
});
