import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { OhmymktError } from "../errors.ts";
import {
  AngleInput,
  AngleName,
  angleLines,
  Positioning,
  rankAngles,
  saveAngle,
  selectedAngle,
  selectionLines,
} from "./positioning.ts";

const WRITE = { at: "2026-03-01T09:00:00.000Z", by: "content-writer (opencode)" };
const save = (before: Positioning | undefined, name: string, input: AngleInput): Positioning =>
  Positioning.parse(saveAngle(before, name, input, WRITE));

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof OhmymktError) return error.code;
    throw error;
  }
  return "no error";
}

const TWO = save(
  save(undefined, "Speed", {
    statement: "fast",
    score: { reach: 7.1, proof: 0.2 },
    selected: true,
    rationale: "fits the ICP",
  }),
  "Trust",
  {
    headline: "safe",
    score: { reach: 9 },
  },
);

describe("saving an angle", () => {
  test("keeps what the call does not name and adds to the criteria", () => {
    const after = save(TWO, "speed", { proof_points: ["case A"], score: { cost: 3 } });
    expect(Object.keys(after.angles).toSorted()).toEqual(["Speed", "Trust"]);
    expect(after.angles["Speed"]).toMatchObject({
      statement: "fast",
      proof_points: ["case A"],
      score: { reach: 7.1, proof: 0.2, cost: 3 },
      selected: true,
      rationale: "fits the ICP",
    });
  });

  test("deselects the other when another is selected", () => {
    const after = save(TWO, "Trust", { selected: true, rationale: "proof counts" });
    expect(selectedAngle(after)).toBe("Trust");
    expect(after.angles["Speed"]?.selected).toBe(false);
  });

  test("leaves the selection alone when it is about another angle", () => {
    expect(selectedAngle(save(TWO, "Trust", { selected: false, risks: ["dull"] }))).toBe("Speed");
  });

  test.each([
    ["invalid_transition", "deselects the only one", TWO, "Speed", { selected: false }],
    ["invalid_arguments", "selects without a rationale", TWO, "Trust", { selected: true }],
    ["invalid_arguments", "says nothing of a new angle", undefined, "New", { risks: ["r"] }],
  ])("gives %s when it %s", (expected, _what, before, name, input) => {
    expect(code(() => saveAngle(before, name, input, WRITE))).toBe(expected);
  });

  test.each([
    { reach: 11 },
    { reach: -1 },
    { reach: Number.NaN },
    { reach: "9" },
    { " ": 3 },
    JSON.parse('{"constructor": 3}'),
  ])("refuses the score %p", (score) => {
    expect(AngleInput.safeParse({ score }).success).toBe(false);
  });

  test.each(["速い", "سرعة", "🔥", "toString", "hasOwnProperty", "2024", "../x"])(
    "takes the name %p as it is",
    (name) => {
      const after = save(save(undefined, name, { statement: "s" }), "other", { statement: "o" });
      expect(after.angles[name]?.statement).toBe("s");
      expect(Object.keys(after.angles)).toHaveLength(2);
    },
  );

  test.each(["__proto__", "constructor", " "])("refuses the name %p, which an object cannot hold", (name) => {
    expect(AngleName.safeParse(name).success).toBe(false);
  });

  test("leaves exactly one selected once any was, whatever is saved", () => {
    const step = fc.record({
      name: fc.constantFrom("a", "b", "c"),
      selected: fc.option(fc.boolean(), { nil: undefined }),
      rationale: fc.option(fc.constant("why"), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let now: Positioning | undefined;
        let any = false;
        for (const { name, selected, rationale } of steps) {
          const before = now;
          if (code(() => (now = save(before, name, { statement: "s", selected, rationale }))) !== "no error")
            now = before;
          any ||= selectedAngle(now) !== undefined;
          const count = Object.values(now?.angles ?? {}).filter((angle) => angle.selected).length;
          expect(count).toBe(any ? 1 : 0);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test("a file with two selected angles, or one without a rationale, is refused", () => {
  const both = { ...TWO, angles: { ...TWO.angles, Trust: { ...TWO.angles["Trust"], selected: true, rationale: "r" } } };
  expect(Positioning.safeParse(both).error?.issues[0]?.message).toBe("expected one selected angle, got Speed, Trust");
  const mute = { ...TWO, angles: { ...TWO.angles, Speed: { ...TWO.angles["Speed"], rationale: undefined } } };
  expect(Positioning.safeParse(mute).error?.issues[0]?.message).toBe("a selected angle needs a rationale");
});

test("totals are computed, the selected angle comes first, and a higher one is named", () => {
  expect(rankAngles(TWO).map(({ name, total, criteria }) => [name, total, criteria])).toEqual([
    ["Speed", 7.3, 2],
    ["Trust", 9, 1],
  ]);
  expect(selectionLines(rankAngles(TWO))).toEqual(["Selected: Speed (7.3)", "Scored higher, not selected: Trust (9)"]);
  expect(selectionLines(rankAngles(save(undefined, "A", { statement: "s" })))).toEqual(["No angle is selected yet."]);
  expect(selectionLines(rankAngles(undefined))).toEqual(["There is no positioning angle yet."]);
  expect(rankAngles(TWO).flatMap(angleLines)).toEqual([
    "## Speed (selected), total 7.3 of 20",
    "- Statement: fast",
    "- Score: reach 7.1, proof 0.2",
    "- Rationale: fits the ICP",
    "## Trust, total 9 of 10",
    "- Headline: safe",
    "- Score: reach 9",
  ]);
});
