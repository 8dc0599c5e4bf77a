import type { ProviderCategory, ProviderSetting } from "../../lib/providers.ts";
import type { ProviderSpec } from "../../providers/provider.ts";

/** The exact call that sets these members, or with another `action` does that, for people and models to copy. */
export function providerCall(
  category: ProviderCategory,
  id: string,
  members: Partial<ProviderSetting> = {},
  action: "set" | "read" | "test" = "set",
): string {
  return `ohmymkt_provider_config ${literal({ action, category, provider: id, ...members })}`;
}

/** What a setting of this provider must hold at least, with placeholders for what only its owner knows. */
export function leastSetting(spec: ProviderSpec): Partial<ProviderSetting> {
  const [first] = spec.secrets;
  const lacking = lackingOptions(spec);
  return {
    ...(first && !first.optional ? { api_key_env: first.names[0] } : {}),
    ...(spec.url?.required ? { url: spec.url.example } : {}),
    ...(spec.project?.required ? { project_path: spec.project.example } : {}),
    ...(lacking.length > 0 ? { options: Object.fromEntries(lacking.map((name) => [name, "…"])) } : {}),
  };
}

/** Whether it works without any setting. */
export function needsNothing(spec: ProviderSpec): boolean {
  return Object.keys(leastSetting(spec)).length === 0 && spec.secrets.length === 0;
}

/** The options without which the provider does not work. */
function lackingOptions(spec: ProviderSpec): string[] {
  const issues = spec.options.safeParse({}).error?.issues ?? [];
  return [...new Set(issues.flatMap(({ path: [name] }) => (typeof name === "string" ? [name] : [])))];
}

/** A value as it is written in calls: member names bare, texts in double quotes. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined || isEmpty(member)
      ? []
      : [`${/^\w+$/.test(name) ? name : JSON.stringify(name)}: ${literal(member)}`],
  );
  return `{${members.join(", ")}}`;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
