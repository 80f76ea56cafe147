/**
 * Text in columns.
 */
import { CliOutput } from "./Cli.ts"
import { printable, type Style } from "./Style.ts"

/** A column: its heading, and what it shows of a row. */
export interface Column<Row> {
  readonly head: string
  readonly cell: (row: Row) => string | undefined
}

/** Rows under their headings. A column without a single value is left out; a missing value is a dash. */
export const render = <Row>(style: Style, rows: ReadonlyArray<Row>, columns: ReadonlyArray<Column<Row>>): string => {
  const filled = columns
    .map(({ cell, head }) => ({ head, cells: rows.map((row) => printable(cell(row) ?? "")) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""))
    .map(({ cells, head }) => ({ head, cells, width: Math.max(...[head, ...cells].map(CliOutput.displayWidth)) }))
  const line = (texts: ReadonlyArray<string>) =>
    texts
      .map((text, index) => text + " ".repeat((filled[index]?.width ?? 0) - CliOutput.displayWidth(text)))
      .join("  ")
      .trimEnd()
  return [
    style.bold(line(filled.map(({ head }) => head.toUpperCase()))),
    ...rows.map((_, row) => line(filled.map(({ cells }) => cells[row] || "-")))
  ].join("\n")
}
