import type { Config } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import { listModules } from "../../lib/modules.ts";
import { isTestable } from "../../lib/plan-checklist.ts";
import { assertAcyclic } from "../../lib/task-graph.ts";
import type { NewTask, Task } from "../../lib/tasks.ts";
import { writeArea } from "../../lib/write-areas.ts";
import type { Transaction } from "../../store/store.ts";
import { canOwn, PERSON, type TeamMember } from "../claude-code-agent-loader/team.ts";
import { readExecution, readModules } from "../governance/seeds.ts";
import { FILE_ORDER, fileOrder } from "./file-order.ts";

/** A task of a call, with its id and the ids of those it waits for. */
export type PlannedTask = NewTask & { id: string; blocked_by: string[] };

export interface Created {
  tasks: Task[];
  /** Which task waits for which because both may write the same files. */
  file_order: { task: string; waits_for: string[] }[];
}

/** Checks the tasks of one call and adds all or none of them to the pool. Throws `invalid_arguments` or `not_allowed`. */
export async function createTasks(
  tx: Transaction,
  planned: readonly PlannedTask[],
  { team, config }: { team: readonly TeamMember[]; config: Config },
): Promise<Created> {
  if (planned.length === 0) return { tasks: [], file_order: [] };
  await assertRoom(tx, planned.length, config);
  const modules = listModules(await readModules(tx)).map(({ name }) => name);
  for (const task of planned) assertSound(task, team, modules);
  assertNoCircle(planned);
  const areas = planned.map((task) => ({ ...task, artifacts: (task.artifacts ?? []).map(writeArea) }));
  const writers = (await tx.tasks.list({ status: ["pending", "claimed", "in_progress"] })).filter(
    ({ artifacts }) => artifacts.length > 0,
  );
  const order = fileOrder(areas, writers);
  const { state, plan } = await readExecution(tx);
  const campaign = plan !== undefined && state !== "none" && state !== "ended" ? { campaign: plan, plan } : {};
  const tasks = await tx.tasks.create(
    areas.map((task) => {
      const files = order.get(task.id) ?? [];
      return {
        ...campaign,
        max_attempts: config.tasks.max_attempts,
        ...task,
        blocked_by: [...new Set([...task.blocked_by, ...files])],
        metadata: { ...task.metadata, ...(files.length > 0 ? { [FILE_ORDER]: files } : {}) },
      };
    }),
  );
  await tx.ledger.append({
    kind: "task.created",
    subject: tasks[0]?.id ?? "none",
    reason: `${tasks.length} task${tasks.length === 1 ? "" : "s"}`,
    evidence: tasks.map(({ id, title, owner }) => ({ id, title, owner })),
  });
  return { tasks, file_order: [...order].map(([task, waits_for]) => ({ task, waits_for })) };
}

async function assertRoom(tx: Transaction, more: number, { tasks }: Config): Promise<void> {
  const { counts } = await tx.tasks.stats();
  const open = counts.pending + counts.claimed + counts.in_progress;
  if (open + more <= tasks.max_open) return;
  throw new OhmymktError(
    "not_allowed",
    `the pool holds ${open} unfinished tasks; expected at most ${tasks.max_open}, got ${more} more`,
    { hint: "finish or cancel some first, or let a person raise tasks.max_open in .ohmymkt/config.json" },
  );
}

function assertSound(task: PlannedTask, team: readonly TeamMember[], modules: readonly string[]): void {
  const name = `task ${JSON.stringify(task.title)}`;
  if (!canOwn(team, task.owner)) {
    const got = task.owner === "" ? "no owner" : JSON.stringify(task.owner);
    throw new OhmymktError("invalid_arguments", `${name}: owner expected an agent or "${PERSON}", got ${got}`, {
      hint: `the owners are ${[...team.map((member) => member.name), PERSON].join(", ")}; nothing was created`,
    });
  }
  if (!task.acceptance_criteria.some(isTestable)) {
    const got = task.acceptance_criteria.length === 0 ? "none" : JSON.stringify(task.acceptance_criteria);
    throw new OhmymktError(
      "invalid_arguments",
      `${name}: acceptance_criteria expected at least one that can be measured, got ${got}`,
      {
        hint: 'state a number, a date or a thing that can be checked, such as "12 pages have a meta description"; nothing was created',
      },
    );
  }
  if (task.module !== undefined && !modules.includes(task.module)) {
    throw new OhmymktError("invalid_arguments", `${name}: there is no module ${JSON.stringify(task.module)}`, {
      hint: `the modules are ${modules.join(", ")}; nothing was created`,
    });
  }
}

/** The ids are made in this call, so a circle is told in titles. */
function assertNoCircle(planned: readonly PlannedTask[]): void {
  const labels = new Map(planned.map(({ id, title }, index) => [id, `${index + 1} (${title})`]));
  const label = (id: string): string => labels.get(id) ?? id;
  assertAcyclic(planned.map(({ id, blocked_by }) => ({ id: label(id), blockedBy: blocked_by.map(label) })));
}
