import type { AgentDefinition } from "./definition.ts";
import { BACKGROUND_TOOLS, isOurTool } from "./our-tools.ts";

export type Action = "allow" | "ask" | "deny";
export type Rule = Action | Record<string, Action>;
/** The host's permission rules: keys are tool or permission ids with wildcards; the last key that matches decides. */
export type Rules = Record<string, Rule>;

/** What the rules of one agent depend on besides its definition. */
export type RuleContext = {
  /** Agents it may start: those of `delegates` that exist and are enabled. */
  delegates: readonly string[];
  /** It runs two levels below the person, where a question would wait unseen. */
  deep: boolean;
  /** The user's global rules, which our grants must not widen. */
  global: Rules;
};

const OURS = "ohmymkt";
const HIDES_ALL_OURS = new Set(["ohmymkt_*", "ohmymkt*"]);
/** Host tools that share another tool's permission. */
const PERMISSION_OF: Readonly<Record<string, string>> = {
  write: "edit",
  patch: "edit",
  apply_patch: "edit",
  multiedit: "edit",
};
const READ_WITHOUT_SECRETS: Rule = {
  "*": "allow",
  "*.env": "deny",
  "*.env.*": "deny",
  "*.env.example": "allow",
};

/** The permission id that decides about a tool: the host files every way of writing under `edit`. */
export function permissionOf(tool: string): string {
  return Object.hasOwn(PERMISSION_OF, tool) ? (PERMISSION_OF[tool] ?? tool) : tool;
}

/** Our rules for one agent: everything is denied, then each grant allows one thing; approvals always ask. */
export function agentRules(agent: AgentDefinition, context: RuleContext): Rules {
  const isRoot = agent.mode === "primary";
  const seen = (rule: Rule): Rule => (context.deep ? withoutQuestions(rule) : rule);
  const rules: Rules = { "*": "deny" };
  for (const { tool } of agent.tools) {
    const permission = permissionOf(tool);
    rules[permission] = seen(grantRule(permission, context.global));
  }
  rules["task"] = taskRule(context.delegates);
  rules["question"] = isRoot && agent.tools.some((grant) => grant.tool === "question") ? "allow" : "deny";
  rules["external_directory"] = outsideRule(isRoot, context.global);
  rules["doom_loop"] = "allow";
  if (agent.tools.some((grant) => isOurTool(grant.tool))) rules["approve *"] = "ask";
  return rules;
}

/** The tools of an agent about which the user's global rules would ask: two levels down that question waits unseen. */
export function unseenQuestions(agent: AgentDefinition, global: Rules): string[] {
  const granted = agent.tools.map((grant) => permissionOf(grant.tool));
  return [...new Set(granted)].filter((permission) => asks(grantRule(permission, global)));
}

/** The user's global rules as they hold where nobody sees a question: what would ask is refused, secrets are not read. */
export function rulesWithoutQuestions(global: Rules): Rules {
  const asking = Object.entries(global).filter(([key, rule]) => asks(rule) && !key.startsWith("approve"));
  return {
    ...Object.fromEntries(asking.map(([key, rule]) => [key, withoutQuestions(rule)])),
    read: withoutQuestions(grantRule("read", global)),
  };
}

/** Nothing may be started but these. */
export function taskRule(delegates: readonly string[]): Rule {
  return { "*": "deny", ...Object.fromEntries(delegates.map((name) => [name, "allow" as const])) };
}

/**
 * Joins two rule sets so that `theirs` decides wherever both speak: their keys come last, patterns under one key are
 * joined. Approvals stay a question unless their rules name them: a blanket "allow" is not an answer to one.
 */
export function mergeRules(ours: Rules, theirs: Rules): Rules {
  const merged: Rules = { ...ours };
  for (const [key, rule] of Object.entries(theirs)) {
    const joined = key in merged ? joinRule(merged[key], rule) : rule;
    delete merged[key]; // so that it is inserted last, where it decides
    merged[key] = joined;
  }
  return Object.keys(theirs).some((key) => key.startsWith("approve")) ? merged : askApprovalsLast(merged);
}

/** Reads the host's `permission` value: a word stands for `{"*": word}`; what is no rule is left out. */
export function readRules(value: unknown): Rules {
  if (isAction(value)) return { "*": value };
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, Rule] => isRule(entry[1])));
}

/**
 * The user's global rules with two of ours added where they are silent: tools of ours stay hidden from agents that do
 * not list them (a hidden tool costs no tokens), and approvals ask.
 */
export function globalRules(user: Rules): Rules {
  const rules: Rules = { ...user };
  if (!Object.keys(user).some((key) => key.includes(OURS))) rules["ohmymkt_*"] = "deny";
  for (const tool of BACKGROUND_TOOLS)
    if (!Object.keys(user).some((key) => key !== "*" && matches(key, tool))) rules[tool] = "deny";
  if (!Object.keys(user).some((key) => key.startsWith("approve"))) rules["approve *"] = "ask";
  return rules;
}

/** Whether the host's wildcard `pattern` (`*` any text, `?` one character) fits the whole `text`. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}

/** What a grant is worth under the user's global rules: a rule that the user made for this tool stays as it is. */
function grantRule(permission: string, global: Rules): Rule {
  const usual = permission === "read" ? READ_WITHOUT_SECRETS : "allow";
  const own = isOurTool(permission);
  const key = Object.keys(global).findLast(
    (pattern) => matches(pattern, permission) && !(own && !pattern.includes(OURS) && pattern !== permission),
  );
  const rule = key === undefined ? undefined : global[key];
  if (rule === undefined || (own && key !== undefined && HIDES_ALL_OURS.has(key))) return usual;
  return key === "*" && rule === "allow" ? usual : rule;
}

/** A person sees a question about an outside folder only in the root session; a child is refused at once. */
function outsideRule(isRoot: boolean, global: Rules): Rule {
  const rule = Object.hasOwn(global, "external_directory") ? global["external_directory"] : undefined;
  if (rule === undefined) return isRoot ? "ask" : "deny";
  return isRoot ? rule : withoutQuestions(rule);
}

function asks(rule: Rule): boolean {
  return typeof rule === "string" ? rule === "ask" : Object.values(rule).includes("ask");
}

function withoutQuestions(rule: Rule): Rule {
  if (typeof rule === "string") return rule === "ask" ? "deny" : rule;
  return Object.fromEntries(
    Object.entries(rule).map(([pattern, action]) => [pattern, action === "ask" ? "deny" : action]),
  );
}

function joinRule(ours: Rule | undefined, theirs: Rule): Rule {
  if (ours === undefined || typeof theirs === "string") return theirs;
  const joined: Record<string, Action> = typeof ours === "string" ? { "*": ours } : { ...ours };
  for (const [pattern, action] of Object.entries(theirs)) {
    delete joined[pattern];
    joined[pattern] = action;
  }
  return joined;
}

function askApprovalsLast(rules: Rules): Rules {
  const { "approve *": approvals, ...rest } = rules;
  return approvals === undefined ? rules : { ...rest, "approve *": approvals };
}

function isRule(value: unknown): value is Rule {
  return isAction(value) || (isRecord(value) && Object.values(value).every(isAction));
}

function isAction(value: unknown): value is Action {
  return value === "allow" || value === "ask" || value === "deny";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
