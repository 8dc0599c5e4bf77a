import { describe, expect, test } from "bun:test";
import {
  APPROVAL_KINDS,
  APPROVAL_LIFETIME_HOURS,
  APPROVAL_TRANSITIONS,
  Approval,
  ApprovalKind,
  hasLapsed,
  subjectHash,
} from "./approvals.ts";

const ROW: Approval = {
  id: "apr-1",
  kind: "gate",
  subject_hash: "h",
  summary: "s",
  requested_by: { host: "cli" },
  requested_at: "2026-03-01T00:00:00.000Z",
  status: "pending",
};
const HOUR = 3_600_000;

test("the table: an answer once, a use once", () => {
  expect(APPROVAL_TRANSITIONS).toEqual({
    pending: ["approved", "rejected", "lapsed"],
    approved: ["used", "lapsed"],
    rejected: [],
    used: [],
    lapsed: [],
  });
  expect(Object.keys(APPROVAL_TRANSITIONS)).toEqual(Approval.shape.status.options);
});

describe("what an approval counts for", () => {
  test.each([
    ["the same subject, members in another order", "gate", { b: 2, a: 1 }, true],
    ["another value", "gate", { a: 1, b: 3 }, false],
    ["another type", "gate", { a: "1", b: 2 }, false],
    ["one member more", "gate", { a: 1, b: 2, c: 3 }, false],
    ["another kind of act", "spend", { a: 1, b: 2 }, false],
    ["the same subject in a list", "gate", [{ a: 1, b: 2 }], false],
    ["an absent member told as undefined", "gate", { a: 1, b: 2, c: undefined }, true],
  ] as const)("%s: %p", (_what, kind, subject, equal) => {
    expect(subjectHash(kind, subject) === subjectHash("gate", { a: 1, b: 2 })).toBe(equal);
  });

  test("every kind has its own hash for one subject", () => {
    expect(new Set(APPROVAL_KINDS.map((kind) => subjectHash(kind, 1))).size).toBe(APPROVAL_KINDS.length);
    expect(ApprovalKind.safeParse("anything").success).toBe(false);
  });
});

describe("an approval lapses", () => {
  const asked = Date.parse(ROW.requested_at);
  test.each([
    ["not at its last instant", ROW, APPROVAL_LIFETIME_HOURS * HOUR, false],
    ["a millisecond later", ROW, APPROVAL_LIFETIME_HOURS * HOUR + 1, true],
    [
      "counted from the answer, when there is one",
      { ...ROW, decided_at: "2026-03-01T20:00:00.000Z" },
      44 * HOUR,
      false,
    ],
    ["and then too", { ...ROW, decided_at: "2026-03-01T20:00:00.000Z" }, 44 * HOUR + 1, true],
  ])("%s", (_what, row, after, lapsed) => {
    expect(hasLapsed(row, asked + after)).toBe(lapsed);
  });
});
