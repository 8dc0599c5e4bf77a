import { describe, expect, test } from "bun:test";
import { type Bench, failureOf, reworded, sha256 } from "../testing/bench.ts";
import type { AdapterSubject } from "../testing/subject.ts";

const HOUR = 3_600_000;

export function sendPromises<Options>(subject: AdapterSubject<Options>, bench: () => Bench): void {
  const { adapter, media } = subject;

  describe("sending", () => {
    test("the account can be checked", async () => {
      expect((await bench().check()).account).toMatch(/\S/);
    });

    test("without its keys the failure names the variable", async () => {
      const [first] = adapter.spec.secrets.filter(({ optional }) => !optional);
      if (!first) return expect((await bench().check({})).account).toMatch(/\S/);
      const failure = await failureOf(bench().check({}));
      expect({ kind: failure.kind, names: first.names.some((name) => failure.message.includes(name)) }).toEqual({
        kind: "missing",
        names: true,
      });
    });

    test("what was composed appears once, and the receipt says where", async () => {
      const post = bench().post(subject.draft);
      const receipt = await post.send();
      const [shown, ...more] = await bench().server.published();
      expect(more).toEqual([]);
      expect(shown?.text).toBe(subject.shown?.(post.payload) ?? post.payload.text);
      expect(receipt.remote_id).toMatch(/\S/);
      expect(receipt.draft ?? false).toBe(false);
      expect(receipt.scheduled_for).toBeUndefined();
      if (receipt.url !== undefined) expect(URL.parse(receipt.url)).not.toBeNull();
    });

    test(`it is found again${adapter.readBack.possible ? " as the receipt says, also without the receipt" : ": not possible, and said so"}`, async () => {
      const post = bench().post(subject.draft);
      const receipt = await post.send();
      if (!adapter.readBack.possible) {
        expect(receipt.remote_hash).toBeUndefined();
        expect((await failureOf(post.find())).kind).toBe("uncertain");
        return;
      }
      expect(receipt.url).toBeDefined();
      expect(receipt.remote_hash).toMatch(/^[0-9a-f]{64}$/);
      const again = await post.find();
      expect(again).toMatchObject({ remote_id: receipt.remote_id, remote_hash: receipt.remote_hash });
      post.receipt = undefined;
      expect(await post.find()).toMatchObject({ remote_id: receipt.remote_id, remote_hash: receipt.remote_hash });
      const other = bench().post(reworded(subject.draft, "never sent"));
      expect(await other.find()).toBeUndefined();
    });

    test(
      "none" in media
        ? `media: not possible, because ${media.none}`
        : `a picture arrives byte for byte${media.alt ? " with its alt text" : ""}`,
      async () => {
        if ("none" in media) return expect(media.none).toMatch(/\S/);
        const post = bench().post(media.draft);
        await post.send();
        const [shown] = await bench().server.published();
        const expected = media.draft.media.map(({ hash, alt }) => (media.alt ? { hash, alt } : { hash }));
        expect(shown?.media.map(({ hash, alt }) => (media.alt ? { hash, alt } : { hash }))).toEqual(expected);
        expect(new Set(subject.files?.map(sha256)).isSupersetOf(new Set(expected.map(({ hash }) => hash)))).toBe(true);
      },
    );

    test(
      adapter.schedules
        ? "what is to appear later waits on the platform, is found there, can be taken back, and is then sent anew"
        : "what is to appear later is left to our outbox: the platform is not told",
      async () => {
        const { server, post: makePost } = bench();
        const at = new Date(Math.ceil(Date.now() / HOUR) * HOUR + 2 * HOUR).toISOString();
        const post = makePost({ ...subject.draft, at });
        if (!adapter.schedules) {
          expect(post.payload.at).toBe(at);
          expect((await post.send()).scheduled_for).toBeUndefined();
          return;
        }
        const receipt = await post.send();
        expect(Date.parse(receipt.scheduled_for ?? "")).toBe(Date.parse(at));
        expect(await server.published()).toEqual([]);
        expect(await server.scheduled?.()).toHaveLength(1);
        expect(await post.find()).toMatchObject({ remote_id: receipt.remote_id });
        await post.send();
        expect(await server.scheduled?.()).toHaveLength(1);
        await post.recall();
        expect(await server.scheduled?.()).toEqual([]);
        expect(await server.published()).toEqual([]);
        await post.send();
        expect(await server.scheduled?.()).toHaveLength(1);
      },
    );

    test("every destination of a draft gets its own", async () => {
      const posts = bench().posts(subject.draft);
      for (const post of posts) await post.send();
      expect(await bench().server.published()).toHaveLength(posts.length);
      expect(new Set(posts.map(({ key }) => key)).size).toBe(posts.length);
    });

    test("two deliveries with different words are two", async () => {
      await bench().post(reworded(subject.draft, "one")).send();
      await bench().post(reworded(subject.draft, "two")).send();
      const shown = await bench().server.published();
      expect(new Set(shown.map(({ id }) => id)).size).toBe(2);
    });
  });
}
