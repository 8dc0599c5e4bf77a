import type { PluginInput } from "@opencode-ai/plugin";

/** Which agent works in a session; the host tells it with every request of a model. */
export interface SessionAgents {
  note(session: string, agent: string): void;
  /** Undefined when neither a request nor the host names one. */
  of(session: string): Promise<string | undefined>;
}

export function createSessionAgents(client: PluginInput["client"]): SessionAgents {
  const agents = new Map<string, string>();
  return {
    note: (session, agent) => void agents.set(session, agent),
    async of(session) {
      const known = agents.get(session);
      if (known !== undefined) return known;
      const { data } = await client.session.get({ path: { id: session } });
      // Newer than the host's published types.
      const agent = data !== undefined && "agent" in data ? data.agent : undefined;
      return typeof agent === "string" ? agent : undefined;
    },
  };
}
