import type { GrowthReport } from "../../../lib/reports.ts";
import { dayText, instantText, plainWords } from "../wording.ts";
import { html, type Html } from "./html.ts";
import { section, table } from "./section.ts";

/** Cycles of the window, footnotes and where everything comes from. */
export function closing(report: GrowthReport): Html[] {
  return [cycles(report.cycles), notes(report.footnotes), provenance(report)];
}

function cycles(all: GrowthReport["cycles"]): Html {
  return section(
    "cycles",
    "Cycles in the window",
    undefined,
    table(
      "Cycles in the window",
      [
        { head: "Cadence", cell: ({ cadence }) => cadence },
        { head: "At", cell: ({ at }) => instantText(at), set: "tight" },
        { head: "Decision", cell: ({ decision }) => decision },
        { head: "Report", cell: ({ report }) => `.ohmymkt/${report}` },
      ],
      all,
      "No cycle has run in the window.",
    ),
  );
}

function notes(all: GrowthReport["footnotes"]): Html {
  return section(
    "notes",
    "Notes",
    all.length > 0 ? "The observations behind each figure." : undefined,
    all.length > 0
      ? html`<ol class="notes">
          ${all.map((note, index) => html`<li id="note-${index + 1}"><div dir="auto">${note.text}</div></li>`)}
        </ol>`
      : html`<p class="none">No observations stand behind this report.</p>`,
  );
}

function provenance({ plan, campaign, window, timezone, at, decision, ledger_head }: GrowthReport): Html {
  const facts: [string, Html | string][] = [
    [
      "Plan",
      plan
        ? html`<bdi>${plan.title}</bdi> (<bdi>${plan.name}</bdi>, version ${plan.version}, ${plainWords(plan.status)})`
        : "none",
    ],
    ["Campaign", plainWords(campaign)],
    ["Window", `${window.text}: ${dayText(window.from.slice(0, 10))} to ${dayText(window.to.slice(0, 10))}`],
    ["Time zone", html`days in <bdi>${timezone}</bdi>, instants in UTC`],
    ["Cycle", decision ? html`<bdi>${decision.id}</bdi>` : "none"],
    ["Written", instantText(at)],
    ["Ledger head", ledger_head === "" ? "empty ledger" : html`<code>${ledger_head}</code>`],
  ];
  return section(
    "provenance",
    "Provenance",
    undefined,
    html`<dl class="facts">
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd dir="auto">${value}</dd>
          </div>`,
      )}
    </dl>`,
  );
}
