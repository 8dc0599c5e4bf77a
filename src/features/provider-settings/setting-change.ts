import { OhmymktError } from "../../errors.ts";
import { canonicalJson } from "../../lib/canonical.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { ProviderCategory, ProviderSetting } from "../../lib/providers.ts";
import { holdsSecret, looksLikeSecret } from "../../lib/secret-shapes.ts";
import type { ProviderSpec } from "../../providers/provider.ts";
import { serverAddress } from "../../providers/server-address.ts";
import { leastSetting, providerCall } from "./provider-call.ts";

/** What a call wants to change of a setting; what it leaves out stays, an option that is null goes. */
export interface SettingChange {
  api_key_env?: string | undefined;
  url?: string | undefined;
  project_path?: string | undefined;
  options?: Readonly<Record<string, unknown>> | undefined;
}

interface Rules {
  category: ProviderCategory;
  spec: ProviderSpec;
  allowPrivate: boolean;
}

/** The setting after a change, checked member by member. Throws `invalid_arguments`, which never repeats a value: it may be a key in the wrong place. */
export function changeSetting(base: ProviderSetting, change: SettingChange, rules: Rules): ProviderSetting {
  const refuse = (problem: string): never => {
    throw new OhmymktError("invalid_arguments", problem, {
      hint: `for example ${providerCall(rules.category, rules.spec.id, leastSetting(rules.spec))}; nothing was changed`,
    });
  };
  const { spec } = rules;
  const next: ProviderSetting = { ...base, options: mergedOptions(base.options, change.options ?? {}, rules, refuse) };
  if (change.api_key_env !== undefined) next.api_key_env = variable(spec, change.api_key_env, refuse);
  if (change.url !== undefined) {
    const url = serverAddress(spec, change.url, rules.allowPrivate);
    next.url = typeof url === "string" ? refuse(`url: ${url}`) : url.href;
  }
  if (change.project_path !== undefined) next.project_path = folder(spec, change.project_path, refuse);
  if (spec.url?.required === true && next.url === undefined) refuse(`${spec.id} needs the url of your server`);
  if (spec.project?.required === true && next.project_path === undefined) refuse(`${spec.id} needs a project_path`);
  return next;
}

type Refuse = (problem: string) => never;

function variable({ id, secrets: [first] }: ProviderSpec, name: string, refuse: Refuse): string {
  if (!first) return refuse(`${id} needs no key; it takes no api_key_env`);
  if (first.names.includes(name)) return name;
  const wanted = `api_key_env of ${id} expected ${first.names.join(" or ")}`;
  if (/^[A-Z][A-Z0-9_]*$/.test(name) && !looksLikeSecret(name)) return refuse(`${wanted}, got another variable`);
  return refuse(`${wanted}, the name of an environment variable; keys themselves are never given to this tool`);
}

function folder({ id, project }: ProviderSpec, path: string, refuse: Refuse): string {
  if (!project) return refuse(`${id} takes no project_path`);
  const parts = path.replace(/\/+$/, "").split("/");
  const plain = parts.every((part) => /^[\p{L}\p{N}_@][\p{L}\p{N}\p{M}_@. -]*$/u.test(part) && !/[. ]$/.test(part));
  if (path.length > 200 || !plain || holdsSecret(path))
    return refuse(
      `project_path expected a folder inside the project such as ${JSON.stringify(project.example)}, with forward slashes and without leading / or ..`,
    );
  return parts.join("/");
}

function mergedOptions(base: JsonObject, change: object, { spec }: Rules, refuse: Refuse): JsonObject {
  const text = canonicalJson(change);
  if (!isPlain(change)) refuse("options expected plain names and values, without control or direction characters");
  if (text.length > 10_000) refuse(`options expected at most 10000 characters, got ${text.length}`);
  if (holdsSecret(change))
    refuse(
      "options hold something that looks like a key; keys stay in environment variables and are never given to this tool",
    );
  const merged = Object.fromEntries(Object.entries({ ...base, ...change }).filter(([, value]) => value !== null));
  const parsed = spec.options.safeParse(merged);
  if (!parsed.success) return refuse(`options of ${spec.id}: ${parsed.error.issues.map(problemOf).join("; ")}`);
  return merged;
}

/** An issue without any value that was given; the names of unknown members are given too, so they are shown only when they are plain words. */
function problemOf(issue: { code?: string; path: PropertyKey[]; message: string; keys?: unknown }): string {
  const where = issue.path.map(String).filter(isWord).join(".");
  if (issue.code !== "unrecognized_keys") return where ? `${where}: ${issue.message}` : issue.message;
  const unknown = (Array.isArray(issue.keys) ? issue.keys : []).map(String).filter(isWord);
  return `there is no ${unknown.length > 0 ? unknown.join(", ") : "such member"}${where ? ` in ${where}` : ""}`;
}

/** Names that reach into every object, and characters that make a text look like another. */
const REACHING: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
const DISGUISING = /[\p{Cc}\p{Default_Ignorable_Code_Point}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/u;

function isPlain(value: unknown): boolean {
  if (typeof value === "string") return !DISGUISING.test(value);
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, member]) => !REACHING.has(name) && isPlain(name) && isPlain(member));
}

function isWord(name: string): boolean {
  return /^[a-z0-9_]{1,40}$/i.test(name) && !looksLikeSecret(name);
}
