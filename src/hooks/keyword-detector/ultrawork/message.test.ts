import { describe, expect, test } from "bun:test";
import { countTokens } from "gpt-tokenizer";
import { getResumedMessage, getUltraworkMessage } from "./message.ts";
import type { UltraworkSource } from "./source-detector.ts";

const NAMES = ["marketing", "planner", "gpt", "default", "resumed"];
const read = (name: string): Promise<string> =>
  Bun.file(new URL(`../../../../templates/ultrawork/${name}.md`, import.meta.url)).text();
const templates = Object.fromEntries(
  await Promise.all(NAMES.map(async (name) => [`ultrawork/${name}.md`, await read(name)] as const)),
);
const LEADS = ["growth-manager", "requirements-analyst", "plan-reviewer", "execution-manager"];
const SPECIALISTS = [
  "seo-engineer",
  "intent-ops",
  "content-ops",
  "content-writer",
  "aeo-specialist",
  "schema-specialist",
  "link-specialist",
  "authority-manager",
  "growth-analyst",
  "research-agent",
];
const ALL = [...LEADS, ...SPECIALISTS];
const TOOLS = [
  "plan_growth",
  "review_plan",
  "check_gates",
  "update_gates",
  "start_campaign",
  "run_cycle",
  "report_growth",
];

describe("marketing message", () => {
  const message = getUltraworkMessage("marketing", { agents: ALL, templates });

  test("fits in 600 tokens, with many agents of a project too", () => {
    expect(countTokens(message)).toBeLessThanOrEqual(600);
    const many = Array.from({ length: 60 }, (_, index) => `project-agent-${index}`);
    const crowded = getUltraworkMessage("marketing", { agents: [...ALL, ...many], templates });
    expect(crowded).toContain("56 more");
    expect(countTokens(crowded)).toBeLessThanOrEqual(600);
  });

  test("drives the agents and the tools in order", () => {
    const order = [...LEADS.slice(1), SPECIALISTS[0] ?? ""].map((name) => message.indexOf(name));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    const tools = TOOLS.map((tool) => message.indexOf(`ohmymkt_${tool}`));
    expect(tools.every((position) => position > 0)).toBe(true);
    expect(tools).toEqual(tools.toSorted((a, b) => a - b));
  });

  test("says when planned mode is due, what to do when blocked and what not to claim", () => {
    for (const words of ["planned mode", "Paid channels", "fixed launch date", "budget", "blocked", "measured"])
      expect(message).toContain(words);
  });

  test("leaves out the steps of missing agents and numbers the rest again", () => {
    const short = getUltraworkMessage("marketing", { agents: ["growth-manager", "execution-manager"], templates });
    expect(short).not.toContain("plan-reviewer");
    expect(short).not.toContain("requirements-analyst");
    expect(short).not.toContain("Specialists available");
    expect([...short.matchAll(/^(\d+)\. /gm)].map((match) => Number(match[1]))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("is the same byte for byte whatever the order of the agents", () => {
    expect(getUltraworkMessage("marketing", { agents: ALL.toReversed(), templates })).toBe(message);
  });
});

describe("other messages", () => {
  test.each<UltraworkSource>(["planner", "gpt", "default"])(
    "%s is short and names growth-manager only when it is enabled",
    (source) => {
      const withAgent = getUltraworkMessage(source, { agents: ALL, templates });
      expect(withAgent).toContain("growth-manager");
      expect(countTokens(withAgent)).toBeLessThan(120);
      expect(getUltraworkMessage(source, { agents: [], templates })).not.toContain("growth-manager");
    },
  );

  test.each(NAMES)("%s reads as help", (name) => {
    const text = templates[`ultrawork/${name}.md`] ?? "";
    expect(text).not.toMatch(/\b(?:MUST|NEVER|ALWAYS|IMPORTANT|CRITICAL|MANDATORY)\b|ignore (?:all|previous)|</);
    expect(text).not.toMatch(/\b(?:code|compile|commit|refactor|lint)\b/i);
  });

  test("the resumed message is one line", () => {
    expect(getResumedMessage({ agents: ALL, templates }).split("\n")).toHaveLength(1);
  });

  test("a missing template is reported by name", () => {
    expect(() => getUltraworkMessage("gpt", { agents: [], templates: {} })).toThrow("ultrawork/gpt.md");
  });
});
