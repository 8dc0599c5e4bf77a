import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AgentProblem } from "../../features/claude-code-agent-loader/definition.ts";
import type { ProjectAgent } from "../../features/claude-code-agent-loader/project-file.ts";

const FOLDERS = [".claude/agents", ".opencode/agent", ".opencode/agents"];

/** The project's own agents; the reader is only loaded where there is something to read. */
export async function projectAgents(directory: string): Promise<{ agents: ProjectAgent[]; problems: AgentProblem[] }> {
  if (!FOLDERS.some((folder) => existsSync(join(directory, folder)))) return { agents: [], problems: [] };
  const { loadProjectAgents } = await import("../../features/claude-code-agent-loader/project.ts");
  return loadProjectAgents({ directory });
}
