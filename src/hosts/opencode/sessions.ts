import type { PluginInput } from "@opencode-ai/plugin";

/** What we ask the host about sessions; parents never change, so they are remembered. */
export interface Sessions {
  parentID(sessionID: string): Promise<string | undefined>;
  /** 0 for a root session, 1 for its child, and so on. */
  depth(sessionID: string): Promise<number>;
}

const MAX_DEPTH = 10;

export function createSessions(client: PluginInput["client"]): Sessions {
  const parents = new Map<string, string | undefined>();
  const parentID = async (sessionID: string): Promise<string | undefined> => {
    if (parents.has(sessionID)) return parents.get(sessionID);
    const { data, error } = await client.session.get({ path: { id: sessionID } });
    if (!data) throw new Error(`the host does not know session ${sessionID}`, { cause: error });
    parents.set(sessionID, data.parentID);
    return data.parentID;
  };
  return {
    parentID,
    async depth(sessionID) {
      let depth = 0;
      for (let parent = await parentID(sessionID); parent && depth < MAX_DEPTH; parent = await parentID(parent))
        depth += 1;
      return depth;
    },
  };
}
