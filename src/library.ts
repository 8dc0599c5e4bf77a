export { createOhmymktTools } from "./hosts/library.ts";
export { openStore } from "./store/open.ts";
export { loadProjectAgents } from "./features/claude-code-agent-loader/project.ts";
export { getUltraworkMessage } from "./hooks/keyword-detector/ultrawork/message.ts";
export { getUltraworkSource, isMarketingAgent } from "./hooks/keyword-detector/ultrawork/source-detector.ts";
export { ERROR_CODES, OhmymktError, type ErrorCode } from "./errors.ts";
