import type { PluginInput } from "@opencode-ai/plugin";

/** Said in place of starting a job when the host's own background subagents are on: two of a kind would tell everything twice. */
export const STAND_BACK =
  "Nothing was started: this host runs subagents in the background itself (OPENCODE_EXPERIMENTAL_BACKGROUND_SUBAGENTS is set). Use its own task tool with background: true, so that there is one place that starts, shows and reports such work.";

/** Whether the host's own background subagents are on; the published client has no call for this route. */
export async function hasNativeBackground(client: PluginInput["client"]): Promise<boolean> {
  const inner: unknown = Reflect.get(client, "_client");
  const get: unknown = typeof inner === "object" && inner !== null ? Reflect.get(inner, "get") : undefined;
  if (typeof get !== "function") return false;
  const answer: unknown = await Reflect.apply(get, inner, [{ url: "/experimental/capabilities" }]);
  const data: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, "data") : undefined;
  return typeof data === "object" && data !== null && Reflect.get(data, "backgroundSubagents") === true;
}
