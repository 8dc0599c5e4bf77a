import { describe, expect, test } from "bun:test";
import { Payload } from "../../../lib/outbox.ts";
import type { Draft } from "../adapter.ts";
import { type Bench, settingOf } from "../testing/bench.ts";
import type { AdapterSubject } from "../testing/subject.ts";

/** What must come through unharmed or be refused in words. */
const HOSTILE = [
  "$(touch /tmp/x); `id` && rm -rf / | cat",
  `"quoted" 'single' \\ back \${name} {{ name }} %00 %s`,
  "<script>alert(1)</script> <!-- --> ]]> &amp; &",
  "שלום עולם مرحبا 你好 👩‍👩‍👧‍👦 e\u0301",
  "line one\nline two\n\nline four",
];
const CONTROL = "bell\u0007 and null\u0000 and escape\u001b[31m";

export function composePromises<Options>(subject: AdapterSubject<Options>, bench: () => Bench): void {
  const { adapter } = subject;

  describe("composing", () => {
    test("a plain draft has no problem, and a payload for every destination", () => {
      const { payloads, problems } = bench().compose(subject.draft);
      expect(problems).toEqual([]);
      const destinations = adapter.audience ? subject.draft.audience : (subject.destinations ?? [undefined]);
      expect(payloads.map(({ to }) => to)).toEqual([...destinations]);
    });

    test("is the same every time, changes nothing of the draft and fits the schema", () => {
      const frozen = deepFreeze(structuredClone(subject.draft));
      const first = bench().compose(frozen);
      expect(bench().compose(frozen)).toEqual(first);
      for (const payload of first.payloads) {
        const stored: unknown = JSON.parse(JSON.stringify(payload));
        expect(Payload.parse(stored)).toEqual(payload);
      }
    });

    test("the account is a name from the settings", () => {
      const setting = settingOf(subject, bench().server);
      expect(adapter.account(setting)).toMatch(/\S/);
      expect(adapter.account(setting)).toBe(adapter.account(setting));
    });

    test("an empty text is a problem", () => {
      expect(bench().compose({ ...subject.draft, text: " \n " }).problems).not.toEqual([]);
    });

    test.each(subject.limits.map((limit) => [limit.name, limit] as const))(
      "%s: what is exactly at the limit passes, one over is a problem that says both numbers",
      async (_name, { at, over, limit, got, unsent }) => {
        expect(bench().compose(at).problems).toEqual([]);
        const problems = bench()
          .compose(over)
          .problems.join("\n")
          .replaceAll(/[,\u202f](?=\d{3})/g, "");
        expect(problems).toMatch(new RegExp(`\\b${limit}\\b`));
        expect(problems).toMatch(new RegExp(`\\b${got}\\b`));
        if (unsent !== undefined) return;
        await bench().post(at).send();
        expect(await bench().server.published()).toHaveLength(1);
      },
      20_000,
    );

    test.each(HOSTILE)("%j arrives as it is", async (words) => {
      const post = bench().post(withText(subject.draft, words));
      await post.send();
      const expected = subject.shown?.(post.payload) ?? post.payload.text;
      expect((await bench().server.published()).map(({ text }) => text)).toEqual([expected]);
    });

    test("control characters are refused in words, or never sent", async () => {
      const composed = bench().compose(withText(subject.draft, CONTROL));
      if (composed.problems.length > 0) return expect(composed.problems.join()).toMatch(/control character/i);
      await bench().post(withText(subject.draft, CONTROL)).send();
      const [shown] = await bench().server.published();
      // oxlint-disable-next-line no-control-regex
      expect(shown?.text).not.toMatch(/[\u0000\u0007\u001b]/);
    });
  });
}

function withText(draft: Draft, text: string): Draft {
  return { ...draft, text };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
