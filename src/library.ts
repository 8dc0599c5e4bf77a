export { createOhmymktTools } from "./hosts/library.ts";
export { openStore } from "./store/open.ts";
export { loadProjectAgents } from "./features/claude-code-agent-loader/project.ts";
export { getUltraworkMessage } from "./hooks/keyword-detector/ultrawork/message.ts";
export { getUltraworkSource, isMarketingAgent } from "./hooks/keyword-detector/ultrawork/source-detector.ts";
export { replayCycle, type Replay } from "./features/governance/replay.ts";
export { ERROR_CODES, OhmymktError, type ErrorCode } from "./errors.ts";
export { TaskPriority, TaskStatus } from "./lib/tasks.ts";
export { TaskPool } from "./store/task-pool.ts";
export type {
  ClaimOptions,
  FailOptions,
  PoolFilter,
  PoolTaskStats,
  TaskPoolOptions,
} from "./store/local/pool/pool-options.ts";
export type { CreateTaskInput, PoolTask } from "./store/local/pool/pool-task.ts";
export type { UpdateTaskInput } from "./store/local/pool/update.ts";
export type { SwarmAgent, Work } from "./features/swarm/agent.ts";
export { Swarm, type SwarmOptions, type SwarmStatus, type SwarmSummary } from "./features/swarm/swarm.ts";
export { Ohmymkt, type OhmymktOptions } from "./features/swarm/ohmymkt.ts";
export { fanIn, fanOut, parallel, type PatternResult, pipeline, sequential } from "./features/swarm/patterns.ts";
