/**
 * What `priceport compare` prints and writes.
 */
import type { Summary } from "@priceport/compare/Ingest"
import { Ledger, type StoredPlan } from "@priceport/compare/Ledger"
import type { Report } from "@priceport/compare/Report"
import type * as TextReport from "@priceport/compare/TextReport"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as BundleFile from "./BundleFile.ts"
import * as CompareFailure from "./CompareFailure.ts"
import type { Needs } from "./ComparePower.ts"
import type * as Output from "./Output.ts"
import * as Style from "./Style.ts"
import * as Table from "./Table.ts"

const instant = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))

/** A plan, when it was stored if it was, and what it takes if that was asked for. */
export interface Planned extends Partial<StoredPlan> {
  readonly plan: StoredPlan["plan"]
  readonly needs?: Needs | undefined
}

/** A plan. */
export const plan: Output.Kind<Planned> = {
  toJson: ({ needs, plan, storedAt, storedBefore }) => ({
    plan,
    ...storedAt !== undefined && { storedAt: instant(storedAt), storedBefore },
    ...needs !== undefined && { needs }
  }),
  toText: (style, { needs, plan: { arms, control, experiment, horizon, primary }, storedAt, storedBefore }) =>
    [
      storedAt === undefined
        ? `${style.yellow("Not stored")}: the plan of ${Style.printable(experiment)}`
        : `${style.green("Stored")}: the plan of ${Style.printable(experiment)}, ${instant(storedAt)}${
          storedBefore === true ? "" : style.yellow(", after the first exposure")
        }`,
      `${Style.printable(arms.filter(({ arm }) => arm !== control).map(({ arm }) => arm).join(", "))} against ${
        Style.printable(control)
      } by ${primary}; ${
        horizon._tag === "fixed" ? `one look at ${horizon.customers} customers` : "look whenever you like"
      }`,
      ...needs === undefined ? [] : [
        `It takes ${needs.customers} customers in all arms${needs.days === undefined ? "" : `, ${needs.days} days`}`
      ],
      "",
      Table.render(style, arms, [
        { head: "Arm", cell: ({ arm }) => arm },
        { head: "Weight", cell: ({ weight }) => String(weight) },
        { head: "Vendors", cell: ({ arm, providers }) => (providers ?? [arm]).join(", ") }
      ])
    ].join("\n")
}

/** What became of a file of outcomes. */
export const ingested: Output.Kind<Summary> = {
  toJson: (summary) => summary,
  toText: (style, { known, lines, recorded, rejected, rejects }) =>
    [
      `${style.green("Recorded")}: ${recorded} of ${lines} outcomes; ${known} were known already`,
      ...rejected === 0 ? [] : [
        style.yellow(`Left out: ${rejected}`),
        Table.render(style, rejects, [
          { head: "Line", cell: ({ line }) => String(line) },
          { head: "Member", cell: ({ field }) => field },
          { head: "Issue", cell: ({ issue }) => issue }
        ])
      ]
    ].join("\n")
}

/** The experiment that is asked for, or the only one that there is. */
export const experiment = (given: Option.Option<string>) =>
  Effect.gen(function*() {
    if (Option.isSome(given)) return given.value
    const known = yield* (yield* Ledger).experiments
    const [only] = known
    return only !== undefined && known.length === 1
      ? only
      : yield* CompareFailure.invalid(
        "experiment",
        known.length === 0 ? "The ledger has none yet" : `Expected one of ${known.join(", ")}`
      )
  })

/** Writes the page, if one is asked for, and says where. */
export const write = (file: Option.Option<string>, report: Report) =>
  Effect.gen(function*() {
    if (Option.isNone(file)) return undefined
    const { render } = yield* Effect.promise(() => import("@priceport/compare/HtmlReport"))
    yield* Effect.mapError(BundleFile.replace(file.value, render(report)), () =>
      CompareFailure.invalid(
        "html",
        `Expected a file that can be written, but ${JSON.stringify(file.value)} is not one`
      ))
    return file.value
  })

/** The verdict in words, the arms and the effects, and where the page is. */
export const print = (report: Report, written: string | undefined) =>
  Effect.gen(function*() {
    const { arms, effects, verdict } = yield* Effect.promise(() => import("@priceport/compare/TextReport"))
    const style = yield* Style.stdout
    const { headline, sentences, tone } = verdict(report)
    const color = { ahead: style.green, behind: style.red, open: style.yellow, withheld: style.red }[tone]
    yield* Console.log([
      color(style.bold(Style.printable(headline))),
      ...sentences.map(Style.printable),
      "",
      table(style, arms(report)),
      ...report.effects.some(({ difference }) => difference !== undefined) ? ["", table(style, effects(report))] : [],
      ...written === undefined ? [] : ["", `${style.green("Written")}: ${Style.printable(written)}`]
    ].join("\n"))
  })

const table = (style: Style.Style, { columns, rows }: TextReport.Table): string =>
  Table.render(style, rows, columns.map((head, index) => ({ head, cell: (row) => row[index] })))
