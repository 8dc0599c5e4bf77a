import { describe, expect, test } from "bun:test";
import { SHIPPED_AGENTS } from "../features/claude-code-agent-loader/shipped.ts";
import { barsOf, wayTo, type AgentCost } from "./token-budget.ts";

const cost = (agent: string, ours: number, prompt: number): AgentCost => ({
  agent,
  ours,
  prompt,
  host: 0,
  system: 0,
  tools: [],
});

describe("bars", () => {
  test.each([
    ["growth-manager", 1500],
    ["execution-manager", 1500],
    ["content-ops", 900],
    ["link-specialist", 650],
  ])("our tools of %s may cost %d", (agent, limit) => {
    const [bar] = barsOf({ agents: [cost(agent, 7, 1)], ultrawork: 1 });
    expect(bar).toEqual({ what: `our tools of ${agent}`, tokens: 7, limit });
  });

  test("the median prompt is the middle one, of an even number the mean of two", () => {
    const agents = [cost("a", 0, 900), cost("b", 0, 100), cost("c", 0, 300)];
    const of = (some: AgentCost[]) =>
      barsOf({ agents: some, ultrawork: 0 }).find(({ what }) => what === "median prompt")?.tokens;
    expect(of(agents)).toBe(300);
    expect(of(agents.slice(0, 2))).toBe(500);
  });
});

describe("the way to an agent", () => {
  test.each([
    ["growth-manager", ["growth-manager"]],
    ["plan-reviewer", ["growth-manager", "plan-reviewer"]],
    ["seo-engineer", ["growth-manager", "execution-manager", "seo-engineer"]],
  ])("%s", (agent, way) => {
    expect(wayTo(SHIPPED_AGENTS, agent)).toEqual(way);
  });

  test("an agent that nobody may start is an error", () => {
    expect(() => wayTo(SHIPPED_AGENTS, "nobody")).toThrow("delegate to nobody");
  });
});
