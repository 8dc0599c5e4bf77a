import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startWordPress, type WordPressServer } from "../../testing/servers/wordpress-server.ts";
import { describeAdapter } from "./conformance.ts";
import { failureOf, makeBench } from "./testing/bench.ts";
import { serveWordPress, wordpressSubject } from "./testing/wordpress-subject.ts";

// PHP's own server takes longer than a fake.
const PATIENCE_MS = 3000;

describe.each([
  ["plain permalinks", false],
  ["pretty permalinks", true],
])("a real WordPress with %s", (name, prettyLinks) => {
  let site: WordPressServer;
  beforeAll(async () => {
    site = await startWordPress({ prettyLinks });
  }, 60_000);
  afterAll(() => site.stop());
  const subject = wordpressSubject(name, () => serveWordPress(site), PATIENCE_MS);

  if (!prettyLinks) describeAdapter(subject);

  test("processes that send the same at once publish one post", async () => {
    const bench = makeBench(subject, await serveWordPress(site));
    const post = bench.post("none" in subject.media ? subject.draft : subject.media.draft);
    await Promise.allSettled([post.send(), post.send(), post.send()]);
    await post.send();
    expect(await bench.server.published()).toHaveLength(1);
    await bench.server.close();
  });

  test("readers see it when it is published, and no more when it was taken back", async () => {
    const bench = makeBench(subject, await serveWordPress(site));
    const post = bench.post(subject.draft);
    const { url = "" } = await post.send();
    // Without a theme its pages are empty; the feed needs none.
    const feed = async (): Promise<string> => (await fetch(`${site.url}/?feed=rss2`)).text();
    expect(await feed()).toContain("Read <strong>this</strong>");
    expect((await fetch(url)).status).toBe(200);
    await post.retract();
    expect(await feed()).not.toContain("Read <strong>this</strong>");
    expect((await fetch(url)).status).toBe(404);
    await bench.server.close();
  });

  test("a user who may not publish is told so by the check, and publishes nothing", async () => {
    const server = await serveWordPress(site);
    const bench = makeBench(subject, {
      ...server,
      setting: { ...server.setting, options: { username: "contributor" } },
      env: { WORDPRESS_APPLICATION_PASSWORD: (await site.addUser("contributor")).password },
    });
    expect((await failureOf(bench.check())).message).toContain("author or editor");
    expect((await failureOf(bench.post(subject.draft).send())).kind).toBe("unauthorised");
    expect(await server.published()).toEqual([]);
    await server.close();
  });
});
