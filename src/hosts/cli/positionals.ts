/** Arguments that may stand without their option's name, by command; each also has its option. */
export const POSITIONALS: Readonly<Record<string, string>> = {
  "plan-growth": "goal",
  "review-plan": "plan",
  "start-campaign": "plan",
  "run-cycle": "cadence",
  "import-metrics": "file",
  "report-growth": "window",
  "read-state": "file",
  "research-brief": "action",
  "competitor-profile": "action",
  "save-positioning": "action",
  "asset-manifest": "action",
  "provider-config": "action",
  "generate-image": "prompt",
  "task-claim": "id",
  "task-update": "id",
  swarm: "action",
};
