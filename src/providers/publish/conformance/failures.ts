import { describe, expect, test } from "bun:test";
import { FAILURES, type FailureKind } from "../../failure.ts";
import { type Bench, failureOf, PATIENCE_MS, settle } from "../testing/bench.ts";
import { type AdapterSubject, type Fault, RETRY_AFTER_MS } from "../testing/subject.ts";
import { faultTest } from "./capability.ts";

/** What a fault must be called, and whether the delivery goes through by itself once the fault has gone. */
const NAMED: readonly { fault: Fault; kinds: readonly FailureKind[]; title: string; resumes: boolean }[] = [
  { fault: "rate_limited", kinds: ["rate_limited"], title: "is named, and tells how long to wait", resumes: true },
  { fault: "unavailable", kinds: ["unavailable", "uncertain"], title: "is never taken for a success", resumes: true },
  { fault: "hang", kinds: ["uncertain"], title: "is given up in time, and uncertain", resumes: true },
  { fault: "quota", kinds: ["quota"], title: "is for a person, and not a refusal of the content", resumes: true },
  { fault: "unauthorised", kinds: ["unauthorised"], title: "is named", resumes: true },
  { fault: "reject", kinds: ["rejected"], title: "is final", resumes: false },
];

export function failurePromises<Options>(subject: AdapterSubject<Options>, bench: () => Bench): void {
  const blind = subject.adapter.exactlyOnce === "none";

  describe("failures", () => {
    for (const { fault, kinds, title, resumes } of NAMED)
      faultTest(subject, fault, title, bench, async ({ server, post: makePost, giveUpAfter }) => {
        const post = makePost(subject.draft);
        server.inject(fault);
        if (fault === "hang") giveUpAfter(subject.patienceMs ?? 400);
        const failure = await failureOf(post.send());
        giveUpAfter(PATIENCE_MS);
        expect(kinds).toContain(failure.kind);
        expect(failure.message.length).toBeGreaterThan(10);
        if (fault === "rate_limited") {
          expect(failure.retryAfterMs).toBeGreaterThan(0);
          expect(failure.retryAfterMs).toBeLessThanOrEqual(RETRY_AFTER_MS + 1000);
        }
        server.inject(undefined);
        expect(await server.published()).toEqual([]);
        if (!resumes || (blind && failure.kind === "uncertain")) return;
        await (blind ? post.send() : settle(post));
        expect(await server.published()).toHaveLength(1);
      });

    faultTest(subject, "unauthorised", "is seen by the check", bench, async (now) => {
      now.server.inject("unauthorised");
      expect((await failureOf(now.check())).kind).toBe("unauthorised");
    });

    faultTest(
      subject,
      "hang",
      "a look-up that cannot be made does not say that nothing is there",
      bench,
      async (now) => {
        const post = now.post(subject.draft);
        await post.send();
        await now.server.close();
        const failure = await failureOf(post.find());
        expect(Object.keys(FAILURES)).toContain(failure.kind);
      },
    );

    if (subject.adapter.spec.hosts.length > 0 || subject.adapter.spec.url)
      test("a server that is not there is unreachable, and nothing has left", async () => {
        const post = bench().post(subject.draft);
        await bench().server.close();
        expect((await failureOf(post.send())).kind).toBe("unreachable");
        expect((await failureOf(bench().check())).kind).toBe("unreachable");
      });
  });
}
