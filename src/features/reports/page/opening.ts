import { panelTrend } from "../../../lib/trend-panels.ts";
import { reportPanels, type GrowthReport } from "../../../lib/reports.ts";
import { capital, changeText, instantText, plainWords, sentence, spokenNames, unbroken } from "../wording.ts";
import { html, type Html } from "./html.ts";
import { DECISION_LOOK, SCALE_LOOK, shapeOf, status, TREND_LOOK } from "./status.ts";

/** The first screen: decision, scale, reason, confidence, what would change it, and the four trends in a word each. */
export function opening(report: GrowthReport): Html {
  const { decision, confidence, would_change } = report;
  const look = DECISION_LOOK[decision?.decision ?? "none"];
  return html`<section class="opening" aria-label="Decision">
    <p class="kicker">
      ${decision ? `${capital(decision.cadence)} decision, ${instantText(decision.at)}` : `Growth report, ${instantText(report.at)}`}
    </p>
    <h1 class="${look.tone}">
      ${shapeOf(look.shape)}<span>${decision ? capital(decision.decision) : "No decision yet"}</span>
    </h1>
    <div class="lead">
      <div>
        ${scale(decision)}
        <p class="reason" dir="auto">
          ${decision ? unbroken(decision.reason) : "No cycle has run. Run one to get a decision."}
        </p>
      </div>
      <dl class="judgement">
        <dt>Confidence</dt>
        <dd dir="auto">${confidence === null ? "Not stated." : unbroken(confidence)}</dd>
        <dt>What would change it</dt>
        ${would_change.length > 0 ? would_change.map((line) => html`<dd dir="auto">${unbroken(line)}</dd>`) : html`<dd>Not stated.</dd>`}
      </dl>
    </div>
    ${partial(report)}
    <ul class="glance" aria-label="Trends in short">
      ${reportPanels(report).map((panel) => {
        const { trend, basis } = panelTrend(panel);
        const change = basis === "measured" && panel.measured.test ? changeText(panel.measured.test.change) : "";
        return html`<li>
          <a href="#${panel.signal}">${panel.title}</a>
          ${status(TREND_LOOK[trend], basis === "declared" ? `declared ${trend}` : trend)}
          ${change !== "" && html`<span class="change">${change}</span>`}
        </li> `;
      })}
    </ul>
  </section> `;
}

function scale(decision: GrowthReport["decision"]): Html {
  const reasons = decision ? decision.scale_reasons.map(spokenNames) : ["no cycle has decided yet"];
  const state = decision?.scale ?? "blocked";
  return html`<p class="scale">
    <strong>Scale ${status(SCALE_LOOK[state], state)}</strong
    >${reasons.length > 0 && html` <span dir="auto">${sentence(reasons.join("; "))}</span>`}
  </p>`;
}

function partial({ status: state, open_required }: GrowthReport): Html | undefined {
  if (state !== "partial") return undefined;
  return html`<div class="partial" role="note">
    <p><strong>Partial.</strong> Required tasks are not finished:</p>
    <ul>
      ${open_required.map((task) => html`<li dir="auto">${task.title} <span class="soft">(<bdi>${task.id}</bdi>, ${plainWords(task.status)}${task.why !== undefined && html`: <bdi>${task.why}</bdi>`})</span></li>`)}
    </ul>
  </div>`;
}
