import { z } from "zod";

/** A tool an agent may call; with `actions`, only with one of these values of the tool's `action` argument. */
export type ToolGrant = { tool: string; actions?: string[] };

/** One agent of ours or of the user's project; `file` is the name its front matter was read from. */
export type AgentDefinition = {
  name: string;
  description: string;
  mode: "primary" | "subagent" | "all";
  color?: string;
  modules: string[];
  tools: ToolGrant[];
  delegates: string[];
  steps?: number;
  /** What people call it; without one, `displayName(name)`. */
  title?: string;
  prompt: string;
  origin: "package" | "project";
  file: string;
};

/** Something wrong with one agent file, or worth knowing about it; `line` counts from 1. */
export type AgentProblem = {
  file: string;
  line?: number;
  message: string;
  severity: "error" | "note";
};

const AGENT_NAME = /^[A-Za-z0-9][\w-]*(\/[A-Za-z0-9][\w-]*)*$/;
const GRANT = /^([\w*-]+)(?:\(([\w-]+(?:\|[\w-]+)*)\))?$/;

export const AgentName = z.string().max(120).regex(AGENT_NAME, "letters, digits, - and _, with / between folders");
export const Color = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'a colour such as "#0f766e"');
const ModuleId = z.string().regex(/^[a-z][a-z0-9_]*$/, "a module id such as technical_foundation");

/** `ohmymkt_incident` or `ohmymkt_incident(open|list)`, as text. */
const GrantText = z.string().regex(GRANT, "a tool id, or tool(action|action)");

/** The front matter of an agent that ships with the package: every key is known, nothing may be misspelled. */
export const PackagedFrontMatter = z.strictObject({
  name: AgentName,
  description: z.string().min(1),
  mode: z.enum(["primary", "subagent"]),
  color: Color,
  modules: z.array(ModuleId),
  tools: z.array(GrantText),
  delegates: z.array(AgentName),
  steps: z.int().positive().optional(),
});

/** Reads `tool` or `tool(a|b)`; `undefined` when the text is neither. */
export function parseGrant(text: string): ToolGrant | undefined {
  const match = GRANT.exec(text.trim());
  const tool = match?.[1];
  if (tool === undefined) return undefined;
  return match?.[2] === undefined ? { tool } : { tool, actions: match[2].split("|") };
}
