import type { SessionStart } from "../features/background/session-runner.ts";
import type { Behaviour, SessionWorld } from "./session-world.ts";

/** How the agent of a task behaves; `answer` is its structured answer, `tokens` and `toolCalls` what its session has used so far. */
export interface AgentBehaviour extends Behaviour {
  answer?: unknown;
  tokens?: number;
  toolCalls?: number;
}

/** Lets the sessions of a world act by a script instead of by their prompts; returns the requests as they came. */
export function scriptAgents(
  world: SessionWorld,
  behave: (request: SessionStart, nth: number) => AgentBehaviour,
): SessionStart[] {
  const requests: SessionStart[] = [];
  const scripts = new Map<string, AgentBehaviour>();
  const { start, outcome } = world;
  world.start = (request) => {
    requests.push(request);
    const nth = requests.filter(({ title }) => title === request.title).length;
    const { answer, tokens, toolCalls, ...behaviour } = behave(request, nth);
    const created = async (id: string): Promise<void> => {
      scripts.set(id, {
        answer,
        ...(tokens === undefined ? {} : { tokens }),
        ...(toolCalls === undefined ? {} : { toolCalls }),
      });
      await request.created?.(id);
    };
    return start({ ...request, created, prompt: JSON.stringify(behaviour) });
  };
  world.outcome = async (id) => {
    const plain = await outcome(id);
    const { answer, tokens = plain.tokens, toolCalls = plain.toolCalls } = scripts.get(id) ?? {};
    return { ...plain, tokens, toolCalls, ...(answer === undefined || !plain.finished ? {} : { structured: answer }) };
  };
  return requests;
}
