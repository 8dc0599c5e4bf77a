import { describe, expect, test } from "bun:test";
import { assertAcyclic, mermaidGraph } from "./task-graph.ts";
import { leaseToken, parseLeaseToken, retryDelayMs } from "./task-lease.ts";
import { fanIn, fanOut, type Linked, parallel, pipeline, sequential } from "./task-patterns.ts";

interface Named {
  name: string;
  id?: string;
  blocked_by?: string[];
}
const named = (...names: string[]): Named[] => names.map((name) => ({ name }));
const counter = (): (() => string) => {
  let n = 0;
  return () => `${(n += 1)}`;
};
const shape = (linked: readonly Linked<Named>[]) => linked.map(({ name, id, blocked_by }) => [name, id, ...blocked_by]);

describe("patterns", () => {
  test.each<[string, Linked<Named>[], string[][]]>([
    [
      "sequential",
      sequential(named("back up", "migrate", "verify"), counter()),
      [
        ["back up", "1"],
        ["migrate", "2", "1"],
        ["verify", "3", "2"],
      ],
    ],
    [
      "parallel",
      parallel(named("a", "b", "c"), counter()),
      [
        ["a", "1"],
        ["b", "2"],
        ["c", "3"],
      ],
    ],
    [
      "fan-out",
      fanOut({ name: "phase" }, named("a", "b"), counter()),
      [
        ["phase", "3", "1", "2"],
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    [
      "fan-in",
      fanIn(named("a", "b", "c"), { name: "check" }, counter()),
      [
        ["a", "1"],
        ["b", "2"],
        ["c", "3"],
        ["check", "4", "1", "2", "3"],
      ],
    ],
    [
      "pipeline",
      pipeline([named("api", "ui"), named("unit", "e2e"), named("deploy")], counter()),
      [
        ["api", "1"],
        ["ui", "2"],
        ["unit", "3", "1", "2"],
        ["e2e", "4", "1", "2"],
        ["deploy", "5", "3", "4"],
      ],
    ],
    [
      "own ids and own blockers stay",
      sequential(
        [
          { name: "a", id: "x" },
          { name: "b", blocked_by: ["old", "x"] },
        ],
        counter(),
      ),
      [
        ["a", "x"],
        ["b", "1", "old", "x"],
      ],
    ],
  ])("%s", (_name, linked, expected) => {
    expect(shape(linked)).toEqual(expected);
  });

  test.each([[[]], [[named("a"), []]]])("a pattern without tasks is refused", (stages) => {
    expect(() => pipeline(stages, counter())).toThrow(/stages: expected at least one task/);
  });
});

describe("graphs", () => {
  test.each<[string, Record<string, string[]>, RegExp | undefined]>([
    ["a diamond", { a: [], b: ["a"], c: ["a"], d: ["b", "c"] }, undefined],
    ["ids from elsewhere", { a: ["old"], b: ["a", "a"] }, undefined],
    ["a circle of two beside a free one", { a: ["b"], b: ["a"], c: [] }, /circle: a, b$/],
    ["itself", { a: ["a"] }, /circle: a$/],
  ])("%s", (_name, edges, refusal) => {
    const check = () => assertAcyclic(Object.entries(edges).map(([id, blockedBy]) => ({ id, blockedBy })));
    if (refusal) expect(check).toThrow(refusal);
    else expect(check).not.toThrow();
  });

  test("a long chain takes one pass", () => {
    const chain = Array.from({ length: 50_000 }, (_, n) => ({ id: `${n}`, blockedBy: n === 0 ? [] : [`${n - 1}`] }));
    const before = performance.now();
    assertAcyclic(chain.toReversed());
    expect(performance.now() - before).toBeLessThan(5000);
  });

  test("the picture names every task, its state and its blockers, whatever is in a title", () => {
    const tasks = [
      { id: "x", title: 'Say "hi" <b> #1', status: "completed" as const, blockedBy: [] },
      { id: "y", title: "Next\nline", status: "pending" as const, blockedBy: ["x", "elsewhere"] },
      { id: "z", title: "Last", status: "pending" as const, blockedBy: ["y"] },
    ];
    expect(mermaidGraph(tasks)).toBe(
      [
        "flowchart LR",
        '  t1["Say #quot;hi#quot; #lt;b#gt; #35;1"]:::completed',
        '  t2["Next line"]:::ready',
        '  t3["Last"]:::pending',
        "  t1 --> t2",
        "  t2 --> t3",
      ].join("\n"),
    );
  });
});

describe("leases", () => {
  test("a token can be read back, whatever the agent is called", () => {
    for (const agent of ["a", "a@b", "1@2", "agent name", "编辑"])
      expect(parseLeaseToken(leaseToken({ attempt: 12, agent }))).toEqual({ attempt: 12, agent });
  });
  test.each(["", "1", "1@", "@a", "0@a", "-1@a", "x@a", "1.5@a"])("%j is no token", (token) => {
    expect(() => parseLeaseToken(token)).toThrow(/token that the claim returned/);
  });
  test("pauses double up to the longest", () => {
    expect([1, 2, 3, 4, 99].map((attempts) => retryDelayMs(attempts, { baseMs: 100, maxMs: 500 }))).toEqual([
      100, 200, 400, 500, 500,
    ]);
  });
});
