import { metricTitle } from "../../../lib/trend-panels.ts";
import type { ReportedIncident } from "../../../lib/reports.ts";
import type { Conflict } from "../../../lib/trends.ts";
import { counted, dayText, instantText, numberText, plainWords } from "../wording.ts";
import { html, type Html } from "./html.ts";
import { section, subheading, table } from "./section.ts";
import { INCIDENT_LOOK, status } from "./status.ts";

/** Every disagreement between sources with both values; which one counts is said, nothing is dropped. */
export function conflicts(all: readonly Conflict[]): Html {
  const aside =
    all.length > 0 ? `${counted(all.length, "conflict")} between sources; both values are kept.` : undefined;
  return section(
    "conflicts",
    "Conflicts",
    aside,
    all.length > 0
      ? all.map(
          (one) =>
            html`${subheading(`${metricTitle(one.metric)}, ${one.kind}`)}
            ${table(
              `Claims about ${metricTitle(one.metric)}`,
              [
                { head: "Source", cell: ({ source }) => source },
                {
                  head: "States",
                  cell: ({ value, trend }) => (value === undefined ? (trend ?? "nothing") : numberText(value)),
                  set: "number",
                },
                { head: "Observed", cell: ({ observed_at }) => dayText(observed_at.slice(0, 10)), set: "tight" },
                { head: "Observation", cell: ({ observation }) => observation },
                {
                  head: "Counts",
                  cell: ({ source }) => (source === one.used ? html`<strong>is used</strong>` : "kept, not used"),
                },
              ],
              one.claims,
              "No claims.",
            )}${one.used === undefined && html`<p>The source order names none of them, so none is used.</p>`}`,
        )
      : html`<p class="none">The sources agree.</p>`,
  );
}

/** Incidents of the window with status, dates and postmortem. */
export function incidents(all: readonly ReportedIncident[]): Html {
  const open = all.filter(({ status: state }) => state !== "resolved").length;
  return section(
    "incidents",
    "Incidents",
    all.length > 0 ? `${counted(all.length, "incident")} in the window, ${open} not resolved.` : undefined,
    all.length > 0 ? all.map(incident) : html`<p class="none">None in the window.</p>`,
  );
}

function incident(one: ReportedIncident): Html {
  const opened = one.created_at === "" ? "opened at an unknown time" : `opened ${instantText(one.created_at)}`;
  const resolved = one.resolved_at === undefined ? "" : `, resolved ${instantText(one.resolved_at)}`;
  return html`<article class="incident">
    <h3 dir="auto">${one.severity}: ${one.summary}</h3>
    <p>
      ${status(INCIDENT_LOOK[one.status], one.unreadable ? "unreadable" : one.status)}
      <span class="soft">${opened}${resolved}, module <bdi>${plainWords(one.module)}</bdi>, <bdi>${one.id}</bdi></span>
    </p>
    ${postmortem(one)}
  </article>`;
}

function postmortem({ postmortem_text: text, postmortem: written, severity }: ReportedIncident): Html | undefined {
  if (!text) {
    if (written) return html`<p>A postmortem is written.</p>`;
    return severity === "P0" ? html`<p><strong>No postmortem yet.</strong></p>` : undefined;
  }
  return html`<dl class="postmortem">
    <dt>Impact</dt>
    <dd dir="auto">${text.impact}</dd>
    <dt>Root cause</dt>
    <dd dir="auto">${text.root_cause}</dd>
    <dt>Prevention</dt>
    ${text.prevention.map((one) => html`<dd dir="auto">${one.title} <span class="soft">(<bdi>${one.owner}</bdi>, due ${dayText(one.due_date)})</span></dd>`)}
  </dl>`;
}
