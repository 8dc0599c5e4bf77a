import { describe, expect, test } from "bun:test";
import { getUltraworkMessage } from "./message.ts";
import { getUltraworkSource, isMarketingAgent, type ModelRef, type UltraworkSource } from "./source-detector.ts";

const marketingAgents = [
  { name: "growth-manager", displayName: "Growth Manager" },
  { name: "requirements-analyst" },
  { name: "plan-reviewer" },
  { name: "execution-manager", displayName: "Campaign Conductor" },
  { name: "event_planner", displayName: "Event Planner" },
];

const routes: [string | undefined, ModelRef | undefined, UltraworkSource][] = [
  ["growth-manager", undefined, "marketing"],
  ["Growth Manager", "openai/gpt-5", "marketing"],
  ["GROWTH_MANAGER", undefined, "marketing"],
  [" growth  manager ", undefined, "marketing"],
  ["campaign conductor", undefined, "marketing"],
  ["plan-reviewer", "openai/gpt-5", "marketing"],
  ["Plan Reviewer", undefined, "marketing"],
  ["event-planner", undefined, "marketing"],
  ["plan", "openai/gpt-5", "planner"],
  ["Plan", undefined, "planner"],
  ["my-planner", undefined, "planner"],
  ["Planner (deep)", undefined, "planner"],
  ["team/plan", undefined, "planner"],
  ["planet-builder", undefined, "default"],
  ["explain", undefined, "default"],
  ["growth-manager-2", undefined, "default"],
  ["growth", undefined, "default"],
  ["build", "openai/gpt-5", "gpt"],
  ["build", { providerID: "openai", modelID: "gpt-5.2-codex" }, "gpt"],
  ["build", "openrouter/openai/gpt-4o", "gpt"],
  ["build", { providerID: "azure", modelID: "GPT-5-mini" }, "gpt"],
  ["build", "azure/my-gpt-4o-deployment", "gpt"],
  ["build", "anthropic/claude-sonnet-4-5", "default"],
  ["build", "somewhere/notgpt-5", "default"],
  ["", undefined, "default"],
  [undefined, undefined, "default"],
  [undefined, "openai/gpt-5", "gpt"],
];

describe("getUltraworkSource", () => {
  test.each(routes)("agent %p with model %p goes to %s", (agent, model, source) => {
    expect(getUltraworkSource({ agent, model, marketingAgents })).toBe(source);
  });

  test("a name is marketing only because it was passed in", () => {
    for (const { name } of marketingAgents) expect(isMarketingAgent(name, [])).toBe(false);
    expect(getUltraworkSource({ agent: "growth-manager", marketingAgents: [] })).toBe("default");
  });

  test("accepts any iterable", () => {
    expect(isMarketingAgent("growth-manager", new Set(marketingAgents))).toBe(true);
  });
});

describe("marketing branch", () => {
  const shipped =
    "growth-manager requirements-analyst plan-reviewer execution-manager seo-engineer intent-ops content-ops content-writer aeo-specialist schema-specialist link-specialist authority-manager growth-analyst research-agent".split(
      " ",
    );
  const legacy = /\b(?:sisyphus|oracle|librarian|explore|hephaestus|prometheus|metis|momus|atlas)\b/i;

  test.each([[[]], [["growth-manager"]], [["plan-reviewer", "seo-engineer"]], [shipped]])(
    "names no agent outside %p",
    async (agents) => {
      const template = await Bun.file(new URL("../../../../templates/ultrawork/marketing.md", import.meta.url)).text();
      const message = getUltraworkMessage("marketing", { agents, templates: { "ultrawork/marketing.md": template } });
      const outside = shipped.filter((name) => !agents.includes(name));
      expect(outside.filter((name) => message.includes(name))).toEqual([]);
      expect(message).not.toMatch(legacy);
      expect(message).not.toContain("{{");
    },
  );
});
