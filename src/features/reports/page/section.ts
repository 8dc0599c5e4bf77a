import { html, type Html } from "./html.ts";

/** A part of the page: heading and one line beside (on a phone above) its content. `id` is a word of this package. */
export function section(
  id: string,
  title: string,
  aside: Html | string | undefined,
  content: Html | readonly Html[],
): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <div class="beside">
      <h2 id="${id}-title">${title}</h2>
      ${aside !== undefined && html`<p class="aside">${aside}</p>`}
    </div>
    <div class="content">${content}</div>
  </section> `;
}

/** A column of a table: its heading, its cell, and how it is set. */
export interface Column<Row> {
  head: string;
  cell: (row: Row) => Html | string | number;
  /** `number` is set flush right, `tight` does not wrap. */
  set?: "number" | "tight";
}

/** A table that becomes a list of cards on a phone, or a sentence when it has no row. The first column names its row. */
export function table<Row>(label: string, columns: readonly Column<Row>[], rows: readonly Row[], none: string): Html {
  if (rows.length === 0) return html`<p class="none">${none}</p>`;
  const cell = (row: Row, { head, cell: content, set }: Column<Row>, index: number): Html =>
    index === 0
      ? html`<th scope="row" dir="auto">${content(row)}</th>`
      : html`<td data-head="${head}" ${set ? html` class="${set}"` : ""}><div dir="auto">${content(row)}</div></td>`;
  return html`<table aria-label="${label}">
    <thead>
      <tr>
        ${columns.map(({ head, set }) => html`<th scope="col" ${set ? html` class="${set}"` : ""}>${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${columns.map((column, index) => cell(row, column, index))}
          </tr> `,
      )}
    </tbody>
  </table>`;
}

/** A smaller heading inside a section. */
export function subheading(title: string): Html {
  return html`<h3>${title}</h3>`;
}
