/** Rows of a CSV file by the names in its header. */
import { type CsvError, parse } from "csv-parse/stream"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Line } from "./line.ts"

const columns = ["customer", "kind", "amount", "currency", "at", "transactionId"]
const required = ["customer", "kind", "at", "transactionId"]

interface Parsed {
  readonly record: ReadonlyArray<string>
  readonly info: { readonly lines: number }
}

export const csvRows = <E>(bytes: Stream.Stream<Uint8Array, E>): Stream.Stream<Line, E> =>
  Stream.suspend(() => {
    let failed: { readonly error: E } | undefined
    let header: ReadonlyArray<string> | undefined
    const skipped: Array<Line> = []
    const settings = {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: 65_536,
      on_skip: (error: CsvError | undefined) => {
        skipped.push({ line: Number(error?.["lines"] ?? 0), issue: error?.message ?? "cannot be read" })
        return undefined
      }
    }
    const input = Stream.tapError(bytes, (error) => Effect.sync(() => void (failed = { error })))
    const rows = Stream.fromReadableStream({
      evaluate: (): ReadableStream<Parsed> =>
        Stream.toReadableStream(input).pipeThrough(parse(settings) as unknown as TransformStream<Uint8Array, Parsed>),
      onError: (cause): { readonly error: E } | { readonly cause: unknown } => failed ?? { cause }
    })

    const line = ({ info: { lines }, record }: Parsed): ReadonlyArray<Line> => {
      if (header === undefined) {
        header = record
        const issue = misfit(record)
        return issue === undefined ? [] : [{ line: lines, issue }]
      }
      const names = header
      if (record.length !== names.length) {
        return [{ line: lines, issue: `has ${record.length} columns, the header has ${names.length}` }]
      }
      const cells = names.map((name, index) => [name, record[index] ?? ""] as const)
      return [{ line: lines, value: Object.fromEntries(cells.filter(([, cell]) => cell !== "")) }]
    }

    return Stream.concat(
      Stream.flatMap(rows, (row) => Stream.fromIterable([...skipped.splice(0), ...line(row)])),
      Stream.suspend(() =>
        Stream.fromIterable(
          header === undefined ? [...skipped, { line: 1, issue: "the file has no header" }] : skipped.splice(0)
        )
      )
    ).pipe(
      Stream.catch((problem) =>
        "error" in problem
          ? Stream.fail(problem.error)
          : Stream.succeed<Line>({ line: 0, issue: "the file cannot be read as CSV from here on" })
      )
    )
  })

/** What is wrong with a header. */
const misfit = (header: ReadonlyArray<string>): string | undefined => {
  const strange = header.filter((name) => !columns.includes(name))
  const missing = required.filter((name) => !header.includes(name))
  if (strange.length > 0) {
    return `has columns that no outcome has: ${strange.join(", ")}; known are ${columns.join(", ")}`
  }
  if (missing.length > 0) return `lacks the columns ${missing.join(", ")}`
  return new Set(header).size < header.length ? "names a column twice" : undefined
}
