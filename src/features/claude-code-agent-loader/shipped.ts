import { AGENT_FILES } from "../../assets.ts";
import type { AgentDefinition } from "./definition.ts";
import { loadPackagedAgents } from "./packaged.ts";

/** The package's agents, parsed and checked. The build replaces this module by its values. */
export const SHIPPED_AGENTS: readonly AgentDefinition[] = loadPackagedAgents(AGENT_FILES);
