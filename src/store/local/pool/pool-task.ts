import { OhmymktError } from "../../../errors.ts";
import { type CriterionResult, TaskPriority, type TaskStatus } from "../../../lib/tasks.ts";
import type { NewRow } from "./insert.ts";
import { BLOCKED_BY } from "./rows.ts";

/** Data of the caller: anything that JSON can hold. */
export type TaskMetadata = Record<string, unknown>;

/** A task of a `TaskPool`; times are epoch milliseconds. */
export interface PoolTask {
  id: string;
  title: string;
  description: string;
  status: TaskStatus;
  priority: TaskPriority;
  assignedAgent?: string | undefined;
  createdAt: number;
  updatedAt: number;
  startedAt?: number | undefined;
  completedAt?: number | undefined;
  result?: string | undefined;
  error?: string | undefined;
  metadata?: TaskMetadata | undefined;
  owner?: string | undefined;
  /** Ids of the tasks that must be completed first. */
  blockedBy: string[];
  /** Attempts that count against `maxAttempts`. */
  attempts: number;
  maxAttempts?: number | undefined;
  leaseExpiresAt?: number | undefined;
  /** A retry is not claimed before this time. */
  notBefore?: number | undefined;
  acceptanceCriteria: string[];
  results?: CriterionResult[] | undefined;
}

export interface CreateTaskInput {
  title: string;
  description?: string | undefined;
  /** MEDIUM by default. */
  priority?: TaskPriority | undefined;
  metadata?: TaskMetadata | undefined;
  /** Made when it is left out. */
  id?: string | undefined;
  owner?: string | undefined;
  blockedBy?: readonly string[] | undefined;
  maxAttempts?: number | undefined;
  acceptanceCriteria?: readonly string[] | undefined;
}

export interface StoredPoolTask {
  id: string;
  title: string;
  description: string;
  status: TaskStatus;
  priority: TaskPriority;
  assigned_agent: string | null;
  created_at: number;
  updated_at: number;
  started_at: number | null;
  completed_at: number | null;
  result: string | null;
  error: string | null;
  metadata: string | null;
  owner: string;
  attempt: number;
  released: number;
  max_attempts: number | null;
  lease_until: number | null;
  run_at: number | null;
  acceptance_criteria: string;
  results: string | null;
  blocked_by: string;
}

export const POOL_TASK_COLUMNS = `id, title, description, status, priority, assigned_agent, created_at, updated_at, started_at, completed_at, result, error, metadata, owner,
  attempt, released, max_attempts, lease_until, run_at, acceptance_criteria, results, ${BLOCKED_BY} AS blocked_by`;

export function poolTask(row: StoredPoolTask): PoolTask {
  return {
    id: row.id,
    title: row.title,
    description: row.description,
    status: row.status,
    priority: row.priority,
    assignedAgent: row.assigned_agent ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    startedAt: row.started_at ?? undefined,
    completedAt: row.completed_at ?? undefined,
    result: row.result ?? undefined,
    error: row.error ?? undefined,
    metadata: row.metadata === null ? undefined : (JSON.parse(row.metadata) as TaskMetadata),
    owner: row.owner === "" ? undefined : row.owner,
    blockedBy: strings(row.blocked_by),
    attempts: row.attempt - row.released,
    maxAttempts: row.max_attempts ?? undefined,
    leaseExpiresAt: row.lease_until ?? undefined,
    notBefore: row.run_at ?? undefined,
    acceptanceCriteria: strings(row.acceptance_criteria),
    results: row.results === null ? undefined : (JSON.parse(row.results) as CriterionResult[]),
  };
}

/** The task that `newRow` will make, without reading it back. */
export function createdTask(row: NewRow, given: CreateTaskInput, now: number): PoolTask {
  return {
    id: row.id,
    title: row.title,
    description: row.description,
    status: "pending",
    priority: given.priority ?? TaskPriority.MEDIUM,
    assignedAgent: undefined,
    createdAt: now,
    updatedAt: now,
    startedAt: undefined,
    completedAt: undefined,
    result: undefined,
    error: undefined,
    metadata: row.metadata === null ? undefined : (JSON.parse(row.metadata) as TaskMetadata),
    owner: given.owner,
    blockedBy: given.blockedBy === undefined ? [] : [...new Set(given.blockedBy)],
    attempts: 0,
    maxAttempts: given.maxAttempts,
    leaseExpiresAt: undefined,
    notBefore: undefined,
    acceptanceCriteria: given.acceptanceCriteria === undefined ? [] : [...given.acceptanceCriteria],
    results: undefined,
  };
}

function strings(json: string): string[] {
  return json === "[]" ? [] : (JSON.parse(json) as string[]);
}

const INPUT_KEYS: ReadonlySet<string> = new Set(["title", "description", "priority", "metadata", "id", "owner", "blockedBy", "maxAttempts", "acceptanceCriteria"]);

/** Checks what a caller, perhaps without types, wants to create. Throws `invalid_arguments`. */
export function newPoolRow(given: CreateTaskInput, newId: () => string): NewRow {
  for (const key in given) if (!INPUT_KEYS.has(key)) throw bad(key, `one of ${[...INPUT_KEYS].join(", ")}`, key);
  const { title, description = "", priority = TaskPriority.MEDIUM, blockedBy = [], owner = "", maxAttempts, acceptanceCriteria } = given;
  if (typeof title !== "string" || title.trim() === "") throw bad("title", "a text", title);
  if (typeof description !== "string") throw bad("description", "a text", description);
  if (typeof owner !== "string") throw bad("owner", "a text", owner);
  checkPriority(priority);
  if (given.id !== undefined && (typeof given.id !== "string" || given.id.trim() === "")) throw bad("id", "a text", given.id);
  checkTexts("blockedBy", blockedBy, "task ids");
  if (acceptanceCriteria !== undefined) checkTexts("acceptanceCriteria", acceptanceCriteria, "texts");
  if (maxAttempts !== undefined && !(Number.isInteger(maxAttempts) && maxAttempts >= 1)) throw bad("maxAttempts", "a whole number from 1 on", maxAttempts);
  return {
    id: given.id ?? newId(),
    fresh: given.id === undefined,
    title,
    description,
    priority,
    blockedBy,
    owner,
    metadata: given.metadata === undefined ? null : metadataText(given.metadata),
    maxAttempts,
    criteria: acceptanceCriteria === undefined ? undefined : JSON.stringify(acceptanceCriteria),
  };
}

export function checkPriority(priority: unknown): void {
  if (priority !== 0 && priority !== 1 && priority !== 2 && priority !== 3) throw bad("priority", "LOW 0, MEDIUM 1, HIGH 2 or CRITICAL 3", priority);
}

function checkTexts(name: string, value: unknown, what: string): void {
  if (Array.isArray(value) && value.every((text) => typeof text === "string" && text !== "")) return;
  throw bad(name, `a list of ${what}`, value);
}

/** The metadata as JSON text. Throws `invalid_arguments` for what JSON cannot hold. */
export function metadataText(metadata: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(metadata);
  } catch (cause) {
    throw new OhmymktError("invalid_arguments", `metadata: expected data that JSON can hold, got ${cause instanceof Error ? cause.message : String(cause)}`, {
      hint: "leave out functions, big integers and circular references",
      cause,
    });
  }
  if (text === undefined) throw bad("metadata", "data that JSON can hold", metadata);
  return text;
}

/** The refusal of one argument. */
export function bad(name: string, expected: string, got: unknown): OhmymktError {
  const shown = typeof got === "object" && got !== null && !Array.isArray(got) ? "an object" : typeof got === "bigint" || typeof got === "symbol" ? typeof got : (JSON.stringify(got) ?? typeof got);
  return new OhmymktError("invalid_arguments", `${name}: expected ${expected}, got ${shown}`, { hint: "correct the call and make it again; nothing was changed" });
}
