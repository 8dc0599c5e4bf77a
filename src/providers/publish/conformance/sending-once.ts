import { describe, expect, test } from "bun:test";
import { testWorld } from "../../../testing/provider-world.ts";
import { type Bench, failureOf, reworded, settle } from "../testing/bench.ts";
import { type Cut, cutAt, CUTS, type Cutter } from "../testing/cuts.ts";
import type { AdapterSubject } from "../testing/subject.ts";
import { faultTest } from "./capability.ts";

export function oncePromises<Options>(subject: AdapterSubject<Options>, bench: () => Bench): void {
  const { exactlyOnce } = subject.adapter;
  const blind = exactlyOnce === "none";

  describe(`exactly once, by ${exactlyOnce}`, () => {
    test(
      blind
        ? "nothing can be looked up, and the adapter says so: an uncertain delivery is for a person"
        : "sent twice with the same key it appears once, and both receipts are of the same",
      async () => {
        if (blind) return expect(subject.adapter.readBack.possible).toBe(false);
        const post = bench().post(subject.draft);
        const first = await post.send();
        const second = await post.send();
        expect(await bench().server.published()).toHaveLength(1);
        expect(second.remote_id).toBe(first.remote_id);
        expect(second.remote_hash).toBe(first.remote_hash);
      },
    );

    faultTest(
      subject,
      "crash_after_accept",
      blind ? "is uncertain and never a success" : "is uncertain, is then found, and is not sent again",
      bench,
      async ({ server, post: makePost }) => {
        const post = makePost(subject.draft);
        server.inject("crash_after_accept");
        expect((await failureOf(post.send())).kind).toBe("uncertain");
        server.inject(undefined);
        expect(await server.published()).toHaveLength(1);
        if (blind) return;
        const found = await post.find();
        expect(found?.remote_id).toBeDefined();
        expect((await post.send()).remote_id).toBe(found?.remote_id ?? "");
        expect(await server.published()).toHaveLength(1);
      },
    );

    faultTest(
      subject,
      "crash_before_accept",
      blind ? "is no success" : "is not found, and a further send publishes it once",
      bench,
      async ({ server, post: makePost }) => {
        const post = makePost(subject.draft);
        server.inject("crash_before_accept");
        expect((await failureOf(post.send())).kind).toBeOneOf(["uncertain", "unreachable"]);
        server.inject(undefined);
        expect(await server.published()).toEqual([]);
        if (!blind) expect(await post.find()).toBeUndefined();
        await post.send();
        expect(await server.published()).toHaveLength(1);
      },
    );

    for (const cut of CUTS)
      faultTest(
        subject,
        "cut_any_request",
        `whichever request is cut (${cut}), it appears exactly once in the end`,
        bench,
        (now) => cutEveryRequest(subject, now, cut),
        60_000,
      );
  });
}

async function cutEveryRequest<Options>(
  subject: AdapterSubject<Options>,
  { server, post: makePost }: Bench,
  cut: Cut,
): Promise<void> {
  const draft = "none" in subject.media ? subject.draft : subject.media.draft;
  const real = server.world?.fetch ?? testWorld().fetch;
  let last: Cutter;
  let nth = 0;
  do {
    nth += 1;
    last = cutAt(nth, cut, real);
    const post = makePost(reworded(draft, `${cut} ${nth}`));
    const before = (await server.published()).length;
    const sent = post.send({ fetch: last.fetch }).then(
      () => "sent",
      () => "failed",
    );
    const outcome = await Promise.race([sent, last.died.then(() => "died")]);
    const receipt = outcome === "sent" ? await post.send() : await settle(post);
    const shown = await server.published();
    expect({ nth, outcome, appeared: shown.length - before }).toEqual({ nth, outcome, appeared: 1 });
    expect(receipt.remote_id).toMatch(/\S/);
  } while (last.count() >= nth);
  // The last round cut nothing; before it, every request of a send was cut once.
  expect(nth).toBeGreaterThan(1);
}
