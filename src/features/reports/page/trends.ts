import { annotations, panelTrend, type TrendPanel } from "../../../lib/trend-panels.ts";
import type { Footnote } from "../../../lib/reports.ts";
import { annotationText, declaredText, present } from "../charts/trend-text.ts";
import { changeText, dayText, sentence } from "../wording.ts";
import { html, trusted, type Html } from "./html.ts";
import { section } from "./section.ts";
import { status, TREND_LOOK } from "./status.ts";

/** A panel with its chart as SVG for wide and narrow screens. */
export interface DrawnPanel {
  panel: TrendPanel;
  wide: string;
  narrow: string;
}

/** The four decision signals, each with words and chart. */
export function trends(drawn: readonly DrawnPanel[], footnotes: readonly Footnote[]): Html {
  const aside =
    "Dots are values, the line is the fitted trend, its band the 95 % interval of the slope. Striped days do not count. Unknown is never up.";
  return section(
    "trends",
    "Trends",
    aside,
    drawn.map((one) => article(one, footnotes)),
  );
}

function article({ panel, wide, narrow }: DrawnPanel, footnotes: readonly Footnote[]): Html {
  const { trend, basis } = panelTrend(panel);
  const { measured, declared } = panel;
  const { have, of, step } = present(panel);
  const notes = annotations(panel);
  return html`<article class="panel" id="${panel.signal}" aria-labelledby="${panel.signal}-name">
    <div class="words">
      <h3 id="${panel.signal}-name">${panel.title}</h3>
      <p class="verdict">
        ${status(TREND_LOOK[trend], basis === "declared" ? `declared ${trend}` : trend)}
        ${basis === "measured" && measured.test ? html`<span class="change">${changeText(measured.test.change)}</span>` : ""}
      </p>
      <p dir="auto">
        ${sentence(declared && basis === "declared" ? `${declaredText(declared)}; nothing was measured` : measured.why)}
      </p>
      <p class="soft">
        ${have} of ${of} ${step}s have a
        value${panel.source !== undefined && html`, from <bdi>${panel.source}</bdi>`}${references(panel, footnotes)}<br />${dayText(measured.from)}
        to ${dayText(measured.to)}
      </p>
    </div>
    <figure>
      <div class="wide">${trusted(wide)}</div>
      <div class="narrow">${trusted(narrow)}</div>
      ${
        notes.length > 0 &&
        html`<figcaption>
          <ul>
            ${notes.map((one) => html`<li dir="auto">${annotationText(one)}</li>`)}
          </ul>
        </figcaption>`
      }
    </figure>
  </article> `;
}

/** Links to the footnotes of a panel by their place in the list; an id that has no footnote is shown as it is. */
function references(panel: TrendPanel, footnotes: readonly Footnote[]): Html {
  const links = panel.footnotes.map((id) => {
    const place = footnotes.findIndex((note) => note.id === id) + 1;
    return place === 0
      ? html` <bdi>${id}</bdi>`
      : html` <a class="note" href="#note-${place}" aria-label="Note ${place}">${place}</a>`;
  });
  return html`${links}`;
}
