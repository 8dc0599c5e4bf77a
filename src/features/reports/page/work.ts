import { localDay } from "../../../lib/days.ts";
import { metricTitle } from "../../../lib/trend-panels.ts";
import type { GrowthReport, ReportedAction, SprintProgress } from "../../../lib/reports.ts";
import { counted, dayText, numberText, plainWords, spokenNames } from "../wording.ts";
import { html, type Html } from "./html.ts";
import { section, subheading, table, type Column } from "./section.ts";
import { RECOVERY_LOOK, status } from "./status.ts";

/** Sprint board as a bar with its numbers, then the open tasks and those that were lost in the window. */
export function work({ sprint, tasks, at, timezone }: GrowthReport): Html {
  const today = localDay(at, timezone);
  const counts = Object.entries(tasks.counts).filter(([, count]) => count > 0);
  return section(
    "work",
    "Sprint and tasks",
    sprint
      ? html`Plan <bdi>${sprint.plan}</bdi>: ${sprint.completed} of ${counted(sprint.items, "item")} done.`
      : "No sprint board.",
    [
      ...(sprint ? [progress(sprint)] : []),
      html`<p>
        Task pool:
        ${counts.length > 0 ? counts.map(([state, count]) => `${numberText(count)} ${plainWords(state)}`).join(", ") : "empty"}.
      </p>`,
      subheading("Open tasks"),
      table(
        "Open tasks",
        [
          { head: "Task", cell: ({ title, id }) => html`${title} <span class="soft"><bdi>${id}</bdi></span>` },
          { head: "Owner", cell: ({ owner }) => owner },
          { head: "Due", cell: ({ due_date }) => due(due_date, today), set: "tight" },
          { head: "Status", cell: ({ status: state }) => plainWords(state), set: "tight" },
        ],
        tasks.open,
        "No open tasks.",
      ),
      subheading("Failed or cancelled in the window"),
      table(
        "Failed or cancelled tasks",
        [
          { head: "Task", cell: ({ title, id }) => html`${title} <span class="soft"><bdi>${id}</bdi></span>` },
          { head: "Owner", cell: ({ owner }) => owner },
          { head: "Status", cell: ({ status: state }) => plainWords(state), set: "tight" },
          { head: "Why", cell: ({ why }) => why },
        ],
        tasks.lost,
        "None.",
      ),
    ],
  );
}

/** Parts of the bar in order; each is named with its number below, the pattern tells them apart without colour. */
const PARTS = [
  ["completed", "completed"],
  ["in_progress", "in progress"],
  ["planned", "planned"],
  ["lost", "failed or cancelled"],
] as const;

function progress(sprint: SprintProgress): Html {
  const shown = PARTS.filter(([key]) => sprint[key] > 0);
  const remarks = [
    sprint.overdue > 0 ? `${counted(sprint.overdue, "item")} past the due day` : "",
    sprint.not_executable > 0 ? `${counted(sprint.not_executable, "item")} not executable` : "",
  ].filter(Boolean);
  return html`<div class="progress">
    <div class="bar" aria-hidden="true">
      ${shown.map(([key]) => html`<span class="${key}" style="flex-grow:${sprint[key]}"></span>`)}
    </div>
    <ul>
      ${shown.map(([key, name]) => html`<li><span class="swatch ${key}" aria-hidden="true"></span>${sprint[key]} ${name}</li>`)}
    </ul>
    ${remarks.length > 0 && html`<p>${remarks.join("; ")}.</p>`}
  </div>`;
}

const ACTION_COLUMNS = (today: string): Column<ReportedAction>[] => [
  { head: "Action", cell: ({ title, id }) => html`${spokenNames(title)} <span class="soft"><bdi>${id}</bdi></span>` },
  { head: "Owner", cell: ({ owner }) => owner },
  { head: "Due", cell: ({ due_date }) => due(due_date, today), set: "tight" },
  {
    head: "Rolled back if",
    cell: ({ rollback_condition }) => rollback_condition ?? html`<span class="soft">no condition set</span>`,
  },
];

/** Open actions with owner, day and rollback condition; then recovery and overdue cadences. */
export function next({ actions, recovery, overdue, at, timezone }: GrowthReport): Html {
  const ordered = actions.toSorted((a, b) => a.due_date.localeCompare(b.due_date));
  return section(
    "next",
    "Next actions",
    actions.length > 0 ? `${counted(actions.length, "open action")}.` : undefined,
    [
      table("Next actions", ACTION_COLUMNS(localDay(at, timezone)), ordered, "No open actions."),
      subheading("Recovery since the last intervention"),
      recovery.length > 0
        ? html`<ul class="plain">
            ${recovery.map(
              (one) =>
                html`<li>
                  ${metricTitle(one.signal)}: ${status(RECOVERY_LOOK[one.verdict], one.verdict)}
                  <span class="soft">set out in <bdi>${one.cycle}</bdi></span>
                </li>`,
            )}
          </ul>`
        : html`<p class="none">Nothing to judge.</p>`,
      subheading("Overdue cadences"),
      overdue.length > 0
        ? html`<ul class="plain">
            ${overdue.map((one) => html`<li dir="auto">${one}</li>`)}
          </ul>`
        : html`<p class="none">None.</p>`,
    ],
  );
}

function due(day: string | undefined, today: string): Html | string {
  if (day === undefined) return html`<span class="soft">no date</span>`;
  return day < today ? html`${dayText(day)} <strong class="bad">overdue</strong>` : dayText(day);
}
