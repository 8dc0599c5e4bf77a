import { OhmymktError } from "../../errors.ts";
import { sha256 } from "../../lib/canonical.ts";
import { missingFields, SPRINT_BOARD_DOCUMENT, type BoardItem, type SprintBoard } from "../../lib/sprint-board.ts";
import type { NewTask, Task } from "../../lib/tasks.ts";
import type { Transaction } from "../../store/store.ts";

/** Board items on their way into the pool, and those that are there already. */
export interface BoardTasks {
  tasks: (NewTask & { id: string })[];
  existing: { item: string; task: Task }[];
}

/** The id that an item of this board has as a task; the same item of a later board is another task. */
export function boardTaskId(board: Pick<SprintBoard, "plan" | "created_at">, item: string): string {
  return `${item}-${sha256(`${board.plan} ${board.created_at}`).slice(0, 6)}`;
}

/** Turns board items into tasks. Throws `not_found`, or `not_executable` with the fields that each item lacks. */
export async function boardTasks(tx: Transaction, ids: readonly string[]): Promise<BoardTasks> {
  if (ids.length === 0) return { tasks: [], existing: [] };
  const board = await tx.documents.read(SPRINT_BOARD_DOCUMENT);
  if (board === undefined)
    throw new OhmymktError("not_found", "from_board: no campaign has made a sprint board yet", {
      hint: "start the campaign with ohmymkt_start_campaign first",
    });
  const wanted = [...new Set(ids)].map((id) => itemOf(board, id));
  assertExecutable(wanted);
  const found: BoardTasks = { tasks: [], existing: [] };
  for (const item of wanted) {
    const task = await tx.tasks.get(boardTaskId(board, item.id));
    if (task === undefined) found.tasks.push(taskOf(board, item));
    else found.existing.push({ item: item.id, task });
  }
  await assertDependencies(tx, board, wanted);
  return found;
}

function itemOf(board: SprintBoard, id: string): BoardItem {
  const item = board.items.find((one) => one.id === id);
  if (item !== undefined) return item;
  throw new OhmymktError("not_found", `from_board: the board of ${board.plan} has no item ${JSON.stringify(id)}`, {
    hint: 'use ids that ohmymkt_read_state {file: "sprint-board"} shows',
  });
}

function assertExecutable(items: readonly BoardItem[]): void {
  const lacking = items
    .map((item) => ({ id: item.id, fields: missingFields(item) }))
    .filter(({ fields }) => fields.length > 0);
  if (lacking.length === 0) return;
  throw new OhmymktError(
    "not_executable",
    lacking.map(({ id, fields }) => `board item ${id} is not executable: it lacks ${fields.join(", ")}`).join("; "),
    {
      hint: `a person fills in these fields in .ohmymkt/${SPRINT_BOARD_DOCUMENT.path}; leave ${lacking.map(({ id }) => id).join(", ")} out until then; nothing was created`,
    },
  );
}

/** Work must not begin before what it rests on, so an item comes after or together with those that it depends on. */
async function assertDependencies(tx: Transaction, board: SprintBoard, items: readonly BoardItem[]): Promise<void> {
  const missing = new Set<string>();
  for (const need of items.flatMap(({ depends_on }) => depends_on)) {
    const known = items.some(({ id }) => id === need) || (await tx.tasks.get(boardTaskId(board, need)));
    if (!known) missing.add(need);
  }
  if (missing.size === 0) return;
  const all = [...missing, ...items.map(({ id }) => id)];
  throw new OhmymktError(
    "invalid_arguments",
    `from_board: these items depend on ${[...missing].join(", ")}, which is not in the task pool yet`,
    { hint: `create them together: from_board: ${JSON.stringify(all)}; nothing was created` },
  );
}

function taskOf(board: SprintBoard, item: BoardItem): NewTask & { id: string } {
  const { id, title, objective, module, track, owner = "", due_date, acceptance_criteria, depends_on } = item;
  return {
    id: boardTaskId(board, id),
    title,
    objective,
    type: "board",
    owner,
    acceptance_criteria,
    blocked_by: depends_on.map((need) => boardTaskId(board, need)),
    module,
    track,
    ...(due_date ? { due_date } : {}),
    kpi_impact: sentence(
      item.kpi_impact,
      ({ metric, direction, expectation }) => `${metric} ${direction}: ${expectation}`,
    ),
    rollback_condition: sentence(
      item.rollback_condition,
      ({ metric, condition, action }) => `${metric}: ${condition} → ${action}`,
    ),
    metadata: { board_item: id, board: board.created_at },
  };
}

function sentence<T extends object>(value: T | string | undefined, tell: (value: T) => string): string {
  return typeof value === "object" ? tell(value) : (value ?? "");
}
