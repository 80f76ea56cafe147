/**
 * What `priceport doctor` found, one line a check.
 */
import type * as Output from "./Output.ts"
import * as Style from "./Style.ts"

/** `skipped` is what there was nothing to look at; it is neither well nor ill. */
type Status = "ok" | "warning" | "failed" | "skipped"

/** One check of one subject: a vendor, or a file. */
export interface Check {
  readonly subject: string
  readonly check: "configuration" | "reachability" | "contract" | "bundle"
  readonly status: Status
  /** What was found. */
  readonly message: string
  /** What to do about it. */
  readonly remedy?: string
  /** How long the vendor took, in milliseconds. */
  readonly latencyMs?: number
  /** Members of the answer that nothing here knows, by path. */
  readonly unknown?: ReadonlyArray<string>
}

/** Whether nothing is amiss. */
export const isWell = (checks: ReadonlyArray<Check>): boolean =>
  checks.every(({ status }) => status === "ok" || status === "skipped")

/** The report. */
export const report: Output.Kind<ReadonlyArray<Check>> = {
  toJson: (checks) => ({ ok: isWell(checks), checks }),
  toText: (style, checks) =>
    checks.map(({ check, message, remedy, status, subject }) => {
      const what = `${subject} ${check}: ${message}.${remedy === undefined ? "" : ` ${remedy}`}`
      return `${colour(style, status)(status.padEnd(7))}  ${Style.printable(what)}`
    }).join("\n")
}

const colour = (style: Style.Style, status: Status) => {
  switch (status) {
    case "ok":
      return style.green
    case "warning":
      return style.yellow
    case "failed":
      return style.red
    case "skipped":
      return style.dim
  }
}
