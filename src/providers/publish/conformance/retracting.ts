import { describe, expect, test } from "bun:test";
import { type Bench, failureOf, reworded } from "../testing/bench.ts";
import type { AdapterSubject } from "../testing/subject.ts";
import { faultTest } from "./capability.ts";

export function retractPromises<Options>(subject: AdapterSubject<Options>, bench: () => Bench): void {
  const { retracts } = subject.adapter;

  describe("taking back", () => {
    if (retracts === "none")
      return test("is not possible there, and refused in words", async () => {
        const post = bench().post(subject.draft);
        await post.send();
        expect((await failureOf(post.retract())).kind).toBe("rejected");
        expect(await bench().server.published()).toHaveLength(1);
      });

    test(`${retracts} it; twice is fine, and it is then not found; what else is there stays`, async () => {
      const other = bench().post(reworded(subject.draft, "stays"));
      await other.send();
      const post = bench().post(subject.draft);
      await post.send();
      await post.retract();
      const left = await bench().server.published();
      expect(left.map(({ text }) => text)).toEqual([subject.shown?.(other.payload) ?? other.payload.text]);
      await post.retract();
      expect(await post.find()).toBeUndefined();
      expect(await other.find()).toBeDefined();
      expect(await bench().server.published()).toHaveLength(1);
    });

    faultTest(subject, "unauthorised", "taking back without the right to is no success", bench, async (now) => {
      const post = now.post(subject.draft);
      await post.send();
      now.server.inject("unauthorised");
      expect((await failureOf(post.retract())).kind).toBe("unauthorised");
      now.server.inject(undefined);
      expect(await now.server.published()).toHaveLength(1);
    });
  });
}
