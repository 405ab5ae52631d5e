import { type Content, html, type Markup } from "./html.ts";

/**
 * A table that becomes a list of cards on a phone. Changing how its rows are laid out takes their meaning from a
 * table in some browsers, so that the roles are written out, and each cell carries the words of its column.
 */
export type Column<Row> = {
  title: string;
  cell(row: Row): Content;
  /** The cell that names the row. */
  heads?: boolean;
  kind?: "number" | "code" | "wide";
};

export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  return html`<table role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map(
    (column) => html`<th role="columnheader" scope="col"${classOf(column)}>${column.title}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${rows.map(
    (row) => html`<tr role="row">${columns.map((column) => cellOf(column, row))}</tr>
`,
  )}</tbody></table>`;
}

function cellOf<Row>(column: Column<Row>, row: Row): Markup {
  const content = html`<span class="words" aria-hidden="true">${column.title}</span><div>${column.cell(row)}</div>`;
  return column.heads
    ? html`<th role="rowheader" scope="row"${classOf(column)}>${content}</th>`
    : html`<td role="cell"${classOf(column)}>${content}</td>`;
}

function classOf<Row>({ kind }: Column<Row>): Content {
  return kind && html` class="${kind}"`;
}
