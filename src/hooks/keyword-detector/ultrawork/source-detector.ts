/** Which ultrawork template a session gets. */
export type UltraworkSource = "marketing" | "planner" | "gpt" | "default";

/** An agent as the loader knows it. */
export type MarketingAgent = { name: string; displayName?: string };

/** A model as `provider/model` or as the host's pair of ids. */
export type ModelRef = string | { providerID: string; modelID: string };

/** `agent` is a name or display name; `marketingAgents` are those the loader ships or the project adds. */
export type SourceInput = {
  agent?: string | undefined;
  model?: ModelRef | undefined;
  marketingAgents: Iterable<MarketingAgent>;
};

const GPT = /(?:^|[/_:.-])gpt-?[0-9o]/i;

function normalise(name: string): string {
  return name
    .normalize("NFKC")
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, "-");
}

function isPlanner(agent: string): boolean {
  return normalise(agent)
    .split(/[^\p{L}\p{N}]+/u)
    .some((token) => token === "plan" || token === "planner");
}

function isGpt(model: ModelRef): boolean {
  return GPT.test(typeof model === "string" ? model : `${model.providerID}/${model.modelID}`);
}

/** Tells whether a name or display name is one of the given agents; case, spaces, underscores and hyphens do not matter. */
export function isMarketingAgent(agent: string | undefined, marketingAgents: Iterable<MarketingAgent>): boolean {
  if (agent === undefined) return false;
  const wanted = normalise(agent);
  if (wanted === "") return false;
  for (const { name, displayName } of marketingAgents) {
    if (normalise(name) === wanted || (displayName !== undefined && normalise(displayName) === wanted)) return true;
  }
  return false;
}

/** Picks the template branch: a marketing agent first, then planner agents, then GPT models, else the default. */
export function getUltraworkSource({ agent, model, marketingAgents }: SourceInput): UltraworkSource {
  if (isMarketingAgent(agent, marketingAgents)) return "marketing";
  if (agent !== undefined && isPlanner(agent)) return "planner";
  return model !== undefined && isGpt(model) ? "gpt" : "default";
}
