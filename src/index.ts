import type { Hooks, Plugin } from "@opencode-ai/plugin";

/** Starts the plugin for one project directory. The host hides load failures, so a failed start leaves one tool that tells. */
const server: Plugin = async (input): Promise<Hooks> => {
  try {
    const { createPlugin } = await import("./hosts/opencode/plugin.ts");
    return createPlugin(input);
  } catch (error) {
    const message = `ohmymkt could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    return {
      tool: {
        ohmymkt_doctor: { description: "Tell why ohmymkt did not start.", args: {}, execute: async () => message },
      },
    };
  }
};

export default { id: "ohmymkt", server };
