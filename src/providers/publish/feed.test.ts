import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseFeed } from "feedsmith";
import { sha256 } from "../../lib/canonical.ts";
import { ProviderSetting } from "../../lib/providers.ts";
import { openStore } from "../../store/open.ts";
import { testWorld } from "../../testing/provider-world.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { openAccess } from "../access.ts";
import type { AccessFiles } from "../provider.ts";
import type { Delivery, Draft, PublishChannel, SendTools } from "./adapter.ts";
import { describeAdapter } from "./conformance.ts";
import { FEED } from "./feed.ts";
import { FEED_FORMATS, FeedOptions } from "./feed/options.ts";
import { failureOf } from "./testing/bench.ts";
import { FAULTS, type Fault, type Published, type PublishServer } from "./testing/subject.ts";

const draft: Draft = {
  text: "We are **open** again, see [the news](https://example.com/news).",
  title: "Open again: Grüße & <more>",
  media: [],
  audience: [],
  class: "content",
};
const POSSIBLE: readonly Fault[] = ["crash_after_accept", "crash_before_accept"];
const NO_NETWORK = "a file has no network";
const cannot = {
  ...Object.fromEntries(FAULTS.filter((fault) => !POSSIBLE.includes(fault)).map((fault) => [fault, NO_NETWORK])),
  cut_any_request: NO_NETWORK,
};
const optionsOf = (format: FeedOptions["format"], over: Partial<FeedOptions> = {}): FeedOptions =>
  FeedOptions.parse({
    path: `public/feed.${format === "json" ? "json" : "xml"}`,
    format,
    title: "Example & Co",
    link: "https://example.com/",
    feed_url: "https://example.com/feed",
    ...over,
  });

/** A project directory with its real store. */
async function start(format: FeedOptions["format"]): Promise<PublishServer> {
  const workspace = makeWorkspace();
  const store = openStore({ directory: workspace.directory, sync: "off" });
  const options = optionsOf(format);
  let now: Fault | undefined;
  return {
    setting: ProviderSetting.parse({ options }),
    env: {},
    files: {
      read: (path) => store.readText(path),
      async update(path, change) {
        if (now === "crash_before_accept") throw new Error("the disk is gone");
        await store.updateText(path, change);
        if (now === "crash_after_accept") throw new Error("the disk is gone");
      },
    },
    published: async () => shown((await store.readText(options.path)) ?? "").toReversed(),
    inject(fault) {
      if (fault && !POSSIBLE.includes(fault)) throw new Error(NO_NETWORK);
      now = fault;
    },
    requests: () => [],
    async close() {
      await store.close();
      workspace.dispose();
    },
  };
}

/** As any feed reader sees it. */
function shown(text: string): Published[] {
  if (text === "") return [];
  const { format, feed } = parseFeed(text);
  if (format === "atom")
    return (feed.entries ?? []).map(({ id = "", content }) => ({ id, text: content?.value ?? "", media: [] }));
  if (format === "rss")
    return (feed.items ?? []).map(({ guid, description = "" }) => ({
      id: guid?.value ?? "",
      text: description,
      media: [],
    }));
  if (format === "json")
    return (feed.items ?? []).map(({ id = "", content_html = "" }) => ({ id, text: content_html, media: [] }));
  throw new Error(`expected rss, atom or json, got ${format}`);
}

for (const format of FEED_FORMATS)
  describeAdapter({
    name: `feed file (${format})`,
    adapter: FEED,
    start: () => start(format),
    draft,
    limits: [],
    media: { none: "a feed links to files" },
    shown: ({ html = "" }) => html,
    cannot,
  });

interface Project {
  channel: PublishChannel;
  path: string;
  read(): string;
  write(text: string | Uint8Array): void;
}

describe("a feed file", () => {
  let workspace: Workspace;
  afterEach(() => workspace.dispose());

  function project(format: FeedOptions["format"], over: Partial<FeedOptions> = {}): Project {
    workspace = makeWorkspace();
    const { directory } = workspace;
    const options = optionsOf(format, over);
    const full = join(directory, options.path);
    const store = openStore({ directory, sync: "off" });
    const files: AccessFiles = {
      read: (path) => store.readText(path),
      update: (path, change) => store.updateText(path, change),
    };
    const world = testWorld({ now: () => 1_790_000_000_000 });
    const access = openAccess(FEED.spec, ProviderSetting.parse({ options }), world, new AbortController().signal);
    return {
      channel: FEED.open({ ...access, files }),
      path: options.path,
      read: () => readFileSync(full, "utf8"),
      write(text) {
        mkdirSync(dirname(full), { recursive: true });
        writeFileSync(full, text);
      },
    };
  }

  function delivery(text: string, format: FeedOptions["format"] = "rss"): Delivery {
    const [payload] = FEED.compose({ ...draft, text }, { options: optionsOf(format), url: undefined }).payloads;
    if (!payload) throw new Error("no payload");
    return { id: "out_1", key: sha256(text), payload, createdAt: 0, startedAt: undefined, progress: undefined };
  }

  const FOREIGN = {
    rss: '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://a.example/</link><description>d</description><generator>Other</generator></channel></rss>',
    atom: '<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>T</title><updated>2026-01-01T00:00:00Z</updated></feed>',
    json: '{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[]}',
  };

  for (const format of FEED_FORMATS) {
    test.each<[string, string | Uint8Array]>([
      ["a feed of somebody else", FOREIGN[format]],
      ["another format", FOREIGN[format === "rss" ? "atom" : "rss"]],
      ["no feed", "<html><body>Hello</body></html>"],
      ["nothing", ""],
      ["what is not UTF-8", new Uint8Array([0x3c, 0xff, 0xfe, 0x3e])],
    ])(`${format}: %s is left as it is`, async (_name, text) => {
      const { channel, write, path } = project(format);
      write(text);
      const before = readFileSync(join(workspace.directory, path));
      for (const work of [
        () => channel.send(delivery("new", format), tools),
        () => channel.find(delivery("new", format)),
        () => channel.check(),
        () => channel.retract(delivery("new", format), { remote_id: "x" }),
      ])
        expect(await failureOf(work())).toMatchObject({ kind: "rejected", message: expect.stringContaining(path) });
      expect(readFileSync(join(workspace.directory, path)).equals(before)).toBe(true);
    });

    test(`${format}: a file that ends in the middle is left as it is, wherever it ends`, async () => {
      const { channel, read, write } = project(format);
      for (const text of ["one", "two", "three"]) await channel.send(delivery(text, format), tools);
      const whole = read().trimEnd();
      for (let end = 0; end < whole.length; end += 37) {
        write(whole.slice(0, end));
        const failure = await failureOf(channel.send(delivery("new", format), tools));
        expect({ end, kind: failure.kind }).toEqual({ end, kind: "rejected" });
        expect(read()).toBe(whole.slice(0, end));
      }
    });

    test(`${format}: what other people wrote stays, also when ours are too many`, async () => {
      const { channel, read, write } = project(format, { items: 3 });
      await channel.send(delivery("first", format), tools);
      write(
        read()
          .replaceAll(/([0-9a-f]{64})/g, "by-hand")
          .replace("first", "by hand"),
      );
      for (const text of ["a", "b", "c", "d"]) await channel.send(delivery(text, format), tools);
      const texts = shown(read()).map(({ text }) => text);
      expect(texts).toEqual(["<p>d</p>", "<p>c</p>", "<p>b</p>", "<p>by hand</p>"]);
      await channel.retract(delivery("c", format), (await channel.find(delivery("c", format))) ?? { remote_id: "" });
      expect(shown(read()).map(({ text }) => text)).toEqual(["<p>d</p>", "<p>b</p>", "<p>by hand</p>"]);
    });

    test(`${format}: the same file is written every time, and a repeat writes nothing`, async () => {
      const first = project(format);
      await first.channel.send(delivery("same", format), tools);
      const text = first.read();
      first.write(`${text}\n`);
      await first.channel.send(delivery("same", format), tools);
      expect(first.read()).toBe(`${text}\n`);
      workspace.dispose();
      const second = project(format);
      await second.channel.send(delivery("same", format), tools);
      expect(second.read()).toBe(text);
    });
  }

  test.each([
    ["an element that no library knows", "<item>", '<item><x:y xmlns:x="urn:x">1</x:y>'],
    ["an attribute", "<item>", '<item class="top">'],
    ["a comment", "<item>", "<!-- keep me --><item>"],
    ["a stylesheet", "<rss", '<?xml-stylesheet href="feed.xsl"?><rss'],
  ])("%s is not lost: the file is left as it is", async (_name, from, to) => {
    const { channel, read, write } = project("rss");
    await channel.send(delivery("one"), tools);
    const edited = read().replace(from, to);
    write(edited);
    expect((await failureOf(channel.send(delivery("two"), tools))).message).toMatch(/would be lost/);
    expect(read()).toBe(edited);
  });

  test("what a JSON feed holds beyond the standard stays", async () => {
    const { channel, read, write } = project("json");
    await channel.send(delivery("one", "json"), tools);
    write(read().replace('"title"', '"_ours": { "x": [1, null] },\n  "title"'));
    await channel.send(delivery("two", "json"), tools);
    expect(JSON.parse(read())).toMatchObject({ _ours: { x: [1, null] } });
  });

  test.each([
    "../feed.xml",
    "/etc/feed.xml",
    ".ohmymkt/state/feed.xml",
    "a/../../feed.xml",
    "feed.html",
    "a//b.xml",
    "C:\\feed.xml",
    "feed.xml\n",
    "a/.x.xml",
  ])("%j is refused as a path", (path) => {
    expect(FeedOptions.safeParse({ ...optionsOf("rss"), path }).success).toBe(false);
  });

  test("files and characters that no feed holds are problems; an Atom entry gets a title of its words", () => {
    const compose = (over: Partial<Draft>, format: FeedOptions["format"] = "rss"): ReturnType<typeof FEED.compose> =>
      FEED.compose({ ...draft, ...over }, { options: optionsOf(format), url: undefined });
    const media = [{ path: "a.png", hash: "", mime: "image/png", size: 1 }];
    expect(compose({ media }).problems.join()).toMatch(/holds no files/);
    expect(compose({ text: "bad \uffff" }).problems.join()).toMatch(/U\+FFFE or U\+FFFF/);
    expect(compose({ title: "two\nlines" }).problems.join()).toMatch(/line break/);
    const { text, media: none, audience, class: kind } = draft;
    const atom = FEED.compose(
      { text: text.repeat(3), media: none, audience, class: kind },
      { options: optionsOf("atom"), url: undefined },
    );
    expect(atom.payloads[0]?.title).toMatch(/^We are open again, see the news.{0,50}…$/);
    expect(atom.warnings.join()).toMatch(/needs a title/);
  });
});

const tools: SendTools = { read: () => Promise.reject(new Error("no media")), note: () => Promise.resolve() };

test.each<[string, boolean]>([
  ["public/feed.json", true],
  ["news-feed.json", true],
  ["feed.xml", true],
  ["package.json", false],
  ["tsconfig.json", false],
  ["feed/opencode.json", false],
  ["src/index.ts", false],
  ["feed.json.js", false],
  ["../feed.xml", false],
  [".github/feed.xml", false],
])("the path %s: %p", (path, allowed) => {
  const options = { path, format: "json", title: "News", link: "https://a.example" };
  expect(FeedOptions.safeParse(options).success).toBe(allowed);
});
