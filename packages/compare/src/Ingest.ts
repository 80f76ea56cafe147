/**
 * Outcomes out of files: NDJSON, one outcome a line, or CSV with a header of the same names.
 *
 * A file is read twice: first to check every line, then to record. One bad line and nothing is recorded, unless `skipBad` is
 * set. Reading it again records nothing twice. Neither reading holds the file in memory.
 *
 * @since 0.4.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { csvRows } from "./internal/csvRows.ts"
import type { Line } from "./internal/line.ts"
import { Ledger, type LedgerError } from "./Ledger.ts"
import { type Entry, entry } from "./Outcome.ts"

/**
 * A line that was not taken, and why. The first one is line 1, a header counts.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Reject = Schema.Struct({ line: Schema.Int, field: Schema.String, issue: Schema.String })

/** @since 0.4.0 */
export interface Reject extends Schema.Schema.Type<typeof Reject> {}

/**
 * Some lines are bad, and nothing was recorded. `rejects` are the first hundred of `count`.
 *
 * @category errors
 * @since 0.4.0
 */
export class BadLines extends Schema.TaggedError<BadLines>()("BadLines", {
  count: Schema.Int,
  rejects: Schema.Array(Reject)
}) {
  override get message(): string {
    const [first] = this.rejects
    return `BadLines (${this.count}${
      first === undefined
        ? ""
        : `, the first is line ${first.line}: ${first.field === "" ? "" : `${first.field}: `}${first.issue}`
    })`
  }
}

/**
 * `recorded` are new, `known` were there already. `rejects` are the first hundred of `rejected`: bad lines, and outcomes that
 * are known with other content.
 *
 * @category models
 * @since 0.4.0
 */
export interface Summary {
  readonly lines: number
  readonly recorded: number
  readonly known: number
  readonly rejected: number
  readonly rejects: ReadonlyArray<Reject>
}

/**
 * - `skipBad`: records the good lines and reports the bad ones.
 * - `onProgress`: told how many lines are recorded so far.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly skipBad?: boolean | undefined
  readonly onProgress?: ((lines: number) => Effect.Effect<void>) | undefined
}

/**
 * @category combinators
 * @since 0.4.0
 */
export const ndjson = <E>(
  bytes: Stream.Stream<Uint8Array, E>,
  options?: Options
): Effect.Effect<Summary, E | BadLines | LedgerError, Ledger> => ingest(ndjsonLines(bytes), options)

/**
 * Columns may stand in any order; `amount` and `currency` may be missing or empty. A column of another name is refused.
 *
 * @category combinators
 * @since 0.4.0
 */
export const csv = <E>(
  bytes: Stream.Stream<Uint8Array, E>,
  options?: Options
): Effect.Effect<Summary, E | BadLines | LedgerError, Ledger> => ingest(csvRows(bytes), options)

const ndjsonLines = <E>(bytes: Stream.Stream<Uint8Array, E>): Stream.Stream<Line, E> =>
  bytes.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.zipWithIndex,
    Stream.filter(([text]) => text.trim() !== ""),
    Stream.map(([text, index]) =>
      Option.match(parse(text), {
        onNone: () => ({ line: index + 1, issue: "is no JSON" }),
        onSome: (value) => ({ line: index + 1, value })
      })
    )
  )

const parse: (text: string) => Option.Option<unknown> = Option.liftThrowable(JSON.parse)

interface Good {
  readonly line: number
  readonly entry: Entry
}

const judge = (read: Line): Good | Reject => {
  const { line } = read
  if ("issue" in read) return { line, field: "", issue: read.issue }
  const result = entry(read.value)
  return Result.isSuccess(result)
    ? { line, entry: result.success }
    : { line, field: result.failure.field, issue: result.failure.issue }
}

const ingest = <E>(
  lines: Stream.Stream<Line, E>,
  { onProgress = () => Effect.void, skipBad = false }: Options = {}
): Effect.Effect<Summary, E | BadLines | LedgerError, Ledger> =>
  Effect.gen(function*() {
    const ledger = yield* Ledger
    const judged = Stream.map(lines, judge)
    const rejects: Array<Reject> = []
    let rejected = 0
    const reject = (bad: Reject) => {
      rejected += 1
      if (rejects.length < 100) rejects.push(bad)
    }
    if (!skipBad) {
      yield* Stream.runForEach(judged, (one) => Effect.sync(() => "entry" in one ? undefined : reject(one)))
      if (rejected > 0) return yield* new BadLines({ count: rejected, rejects })
    }

    let [read, recorded, known] = [0, 0, 0]
    yield* Stream.runForEach(Stream.grouped(judged, 1000), (group) => {
      const good = group.filter((one) => "entry" in one)
      for (const one of group) if (!("entry" in one)) reject(one)
      return Effect.flatMap(ledger.record(good.map(({ entry }) => entry)), (results) => {
        for (const [index, result] of results.entries()) {
          if (result === "recorded") recorded += 1
          else if (result === "known") known += 1
          else reject({ line: good[index]?.line ?? 0, field: "transactionId", issue: conflict })
        }
        return onProgress(read += group.length)
      })
    })
    return { lines: read, recorded, known, rejected, rejects }
  })

const conflict = "is known with another customer, amount or currency, which stays"
