import { describe, expect, test } from "bun:test";
import { OhmymktError } from "../errors.ts";
import {
  battlecardLines,
  changedMembers,
  Competitor,
  mergeProfile,
  profileGaps,
  profileLines,
  ProfileInput,
} from "./competitors.ts";

const WRITE = { id: "acme", at: "2026-03-01T09:00:00.000Z", by: "research-agent (opencode)" };
const LATER = { id: "acme", at: "2026-03-08T09:00:00.000Z", by: "growth-analyst (opencode)" };
const FULL = {
  name: "Acme",
  url: "https://acme.example/pricing",
  positioning: "the fastest",
  pricing: "99 EUR a month",
  strengths: ["brand"],
  weaknesses: ["slow support"],
  features: ["reports"],
  target_audience: "agencies",
  differentiators: ["own crawler"],
  threats: ["price war"],
  opportunities: ["no German version"],
};

describe("saving a competitor profile", () => {
  test("keeps what an update does not name, and its time of creation", () => {
    const first = mergeProfile(undefined, FULL, WRITE);
    const second = mergeProfile(first, { pricing: "79 EUR a month", threats: [] }, LATER);
    expect(Competitor.parse(second)).toEqual({
      ...first,
      pricing: "79 EUR a month",
      threats: [],
      updated_at: LATER.at,
      updated_by: LATER.by,
    });
    expect(changedMembers(first, second)).toEqual(["pricing", "threats"]);
    expect(changedMembers(second, mergeProfile(second, {}, WRITE))).toEqual([]);
  });

  test("needs a name at first", () => {
    expect(() => mergeProfile(undefined, { pricing: "free" }, WRITE)).toThrow(OhmymktError);
  });

  test.each(["https://example.com", "http://example.com:8080/a?b#c", "https://例え.jp/価格", " HTTPS://EXAMPLE.COM "])(
    "takes the address %p",
    (url) => {
      expect(ProfileInput.safeParse({ url }).success).toBe(true);
    },
  );

  test.each([
    "example.com",
    "ftp://example.com",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "https://",
    "http:example.com",
    "https://user:pass@example.com",
    "https://exa mple.com",
    "https://a.example\n.com",
    "",
  ])("refuses the address %p", (url) => {
    expect(ProfileInput.safeParse({ url }).success).toBe(false);
  });
});

describe("a battlecard", () => {
  const angle = {
    name: "Speed",
    headline: "Live in a day",
    statement: "For small teams",
    proof_points: ["12 customers live within 24 h"],
  };

  test("says what is known, section by section", () => {
    expect(battlecardLines(mergeProfile(undefined, FULL, WRITE), angle)).toEqual([
      "# Battlecard: Acme",
      "As of 2026-03-01, profile acme, https://acme.example/pricing",
      "## Position",
      "- They say: the fastest",
      "- For: agencies",
      "- Price: 99 EUR a month",
      "## What they offer",
      "- reports",
      "## Strengths",
      "- brand",
      "## Weaknesses",
      "- slow support",
      "## Where we win",
      "- no German version",
      "## Where we lose",
      "- own crawler",
      "- price war",
      "## How to answer",
      "- Our angle Speed: Live in a day – For small teams",
      "- Proof: 12 customers live within 24 h",
      "Gaps: none",
    ]);
  });

  test("invents nothing: every gap reads not researched", () => {
    const lines = battlecardLines(mergeProfile(undefined, { name: "Acme", strengths: [] }, WRITE), undefined);
    expect(lines.filter((line) => line.includes("not researched"))).toHaveLength(10);
    expect(lines.at(-1)).toBe(
      "Gaps: url, positioning, pricing, target audience, strengths, weaknesses, features, differentiators, threats, opportunities",
    );
  });

  test("does not call an angle without proof proven", () => {
    expect(battlecardLines(mergeProfile(undefined, FULL, WRITE), { ...angle, proof_points: [] })).toContain(
      "- Proof: not researched",
    );
  });
});

test("a profile reads with what is known and its gaps", () => {
  const profile = mergeProfile(undefined, { name: "Acme", pricing: "free\n# forged", strengths: ["brand"] }, WRITE);
  const lines = profileLines(profile);
  expect(lines.slice(0, 5)).toEqual([
    "# Acme",
    "Profile acme, 2026-03-01 by research-agent (opencode)",
    "- pricing: free # forged",
    "## strengths",
    "- brand",
  ]);
  expect(lines.at(-1)).toStartWith("Not researched: url, positioning, target audience, weaknesses");
  expect(profileGaps(mergeProfile(undefined, FULL, WRITE))).toEqual([]);
});
