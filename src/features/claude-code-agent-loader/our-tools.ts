/** Tools of ours whose names do not begin with ours. */
export const BACKGROUND_TOOLS = ["background_task", "background_output", "background_cancel"] as const;

const OTHERS: ReadonlySet<string> = new Set(BACKGROUND_TOOLS);

export function isOurTool(tool: string): boolean {
  return tool.startsWith("ohmymkt_") || OTHERS.has(tool);
}
