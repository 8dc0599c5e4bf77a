import type { FieldReport, GateReport } from "../../../lib/gate-report.ts";
import type { Evidence } from "../../../lib/gates.ts";
import { counted, plainWords } from "../wording.ts";
import { html, type Html } from "./html.ts";
import { section, subheading, table, type Column } from "./section.ts";
import { FIELD_LOOK, SCALE_LOOK, status } from "./status.ts";

const COLUMNS: readonly Column<FieldReport>[] = [
  {
    head: "Gate and field",
    cell: ({ gate, field }) => html`<span class="soft">${plainWords(gate)}</span> ${plainWords(field)}`,
  },
  { head: "Status", cell: (field) => status(FIELD_LOOK[field.status], field.status), set: "tight" },
  { head: "Value", cell: ({ value }) => (typeof value === "boolean" ? (value ? "yes" : "no") : value), set: "tight" },
  {
    head: "Evidence or reason",
    cell: ({ why, evidence }) => html`${why}${evidence && proof(evidence, why)}`,
  },
  { head: "Age", cell: ({ age_days }) => (age_days === undefined ? "none" : counted(age_days, "day")), set: "tight" },
];

/** Who set the value, and on what evidence where that is not the reason already. */
function proof({ evidence, set_by }: Evidence, why: string): Html {
  const said = evidence === why ? "" : html`Evidence: <bdi>${evidence}</bdi>, `;
  return html`<br /><span class="soft">${said}set by <bdi>${set_by}</bdi></span>`;
}

/** All gates, every field with evidence and age, and what would open those that fail. */
export function gates({ overall, gates: all }: GateReport): Html {
  const failing = all.filter(({ pass }) => !pass).length;
  const aside =
    overall === "PASS"
      ? html`${status(SCALE_LOOK.open, "pass")} All ${all.length} gates hold.`
      : html`${status(SCALE_LOOK.blocked, "blocked")} ${failing} of ${all.length} gates fail.`;
  const remedies = all.flatMap((gate) => gate.remedies);
  return section("gates", "Gates", aside, [
    table(
      "Gates",
      COLUMNS,
      all.flatMap(({ fields }) => fields),
      "There are no gates.",
    ),
    ...(remedies.length > 0
      ? [
          html`${subheading("What opens them")}
            <ul class="plain">
              ${remedies.map((remedy) => html`<li dir="auto">${remedy}</li>`)}
            </ul>`,
        ]
      : []),
  ]);
}
