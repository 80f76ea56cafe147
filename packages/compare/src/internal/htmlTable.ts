import { type Html, html } from "./html.ts"

/** A column: its heading, what it shows of a row, and whether that is a number. The first one names the row. */
export interface Column<Row> {
  readonly head: string
  readonly cell: (row: Row) => string
  readonly isNumber?: boolean
}

/** A text column. */
export const text = <Row>(head: string, cell: (row: Row) => string): Column<Row> => ({ head, cell })

/** A column of numbers. */
export const number = <Row>(head: string, cell: (row: Row) => string): Column<Row> => ({ head, cell, isNumber: true })

/** A table that scrolls by itself where it is wider than the page, also by keyboard. */
export const table = <Row>(
  caption: string,
  rows: ReadonlyArray<Row>,
  columns: ReadonlyArray<Column<Row>>
): Html =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
<table><caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${numeric(column)}>${column.head}</th>`)}</tr></thead>
<tbody>${
    rows.map((row) =>
      html`<tr>${
        columns.map((column, index) =>
          index === 0
            ? html`<th scope="row">${column.cell(row)}</th>`
            : html`<td${numeric(column)}>${column.cell(row)}</td>`
        )
      }</tr>\n`
    )
  }</tbody></table></div>`

const numeric = ({ isNumber }: { readonly isNumber?: boolean }) => isNumber === true ? html` class="number"` : undefined

/** The same, folded away until somebody asks for it. */
export const folded = (summary: string, content: Html): Html =>
  html`<details><summary>${summary}</summary>${content}</details>`
