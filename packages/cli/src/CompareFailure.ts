/**
 * What is told when a comparison, an assignment or a migration cannot be had.
 */
import type { UnknownExperiment } from "@priceport/compare/Compare"
import type { BadLines } from "@priceport/compare/Ingest"
import type { LedgerError } from "@priceport/compare/Ledger"
import type { InvalidPlan, PlanFrozen } from "@priceport/compare/Plan"
import type { NoPlan } from "@priceport/compare/statistics/Refusal"
import type { MigrationStateError } from "@priceport/core/routing/MigrationState"
import type { AdvanceRefused } from "@priceport/core/routing/MigrationSteps"
import type { RoutingError } from "@priceport/core/routing/Routing"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Stdio } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as Style from "./Style.ts"

/** A request that the command itself refuses. */
export class CompareFailure extends Data.TaggedError("InvalidRequest")<{
  readonly field: string
  readonly issue: string
}> {
  override get message(): string {
    return `${this.field}: ${this.issue}`
  }
}

/** A request that the command itself refuses. */
export const invalid = (field: string, issue: string) => new CompareFailure({ field, issue })

/** Everything that can be told here. */
export type Told =
  | CompareFailure
  | UnknownExperiment
  | BadLines
  | LedgerError
  | InvalidPlan
  | PlanFrozen
  | NoPlan
  | AdvanceRefused
  | MigrationStateError
  | RoutingError

/** Tells every failure on standard error and ends the command. */
export const telling =
  (operation: string, options: { readonly json: boolean }) =>
  <A, R>(effect: Effect.Effect<A, Told, R>): Effect.Effect<A, Failure.Exited, R | Stdio.Stdio> =>
    effect.pipe(Effect.catch((error: Told) => {
      const { hint, reason, text } = describe(error)
      const problem = {
        provider: "priceport",
        operation,
        reason,
        message: `priceport ${operation}: ${reason._tag} (${text})`,
        isRetryable: error._tag === "MigrationStateError" ||
          error._tag === "LedgerError" && error.reason === "unavailable"
      }
      return Effect.flatMap(Style.stderr, (style) =>
        Effect.andThen(
          Console.error(
            options.json
              ? Failure.toJson(problem)
              : `${style.red("✗")} priceport ${operation}: ${style.bold(reason._tag)} (${
                Style.printable(text)
              })\n  ${hint}`
          ),
          Effect.fail(Failure.failed)
        ))
    }))

interface Description {
  readonly reason: Failure.Problem["reason"]
  readonly text: string
  readonly hint: string
}

const describe = (error: Told): Description => {
  const fields = { ...error } as Record<string, unknown>
  const described = (text: string, hint: string, reason: object = fields): Description => ({
    reason: { ...reason, _tag: error._tag },
    text,
    hint
  })
  switch (error._tag) {
    case "InvalidRequest":
      return described(
        error.message,
        /^[A-Z_]+$/.test(error.field)
          ? `Give --ledger FILE, or set it for this command: export ${error.field}=...`
          : `It is given with ${
            error.field === "plan" || error.field === "file" ? "the file's name" : `--${error.field}`
          }.`
      )
    case "InvalidPlan":
      return described(`${error.field}: ${error.issue}`, "Mend that member of the plan; nothing was stored.")
    case "PlanFrozen":
      return described(
        `${error.experiment} has another plan, and customers were exposed under it`,
        "A plan is not changed with the numbers in sight: give the experiment a new key."
      )
    case "NoPlan":
      return described(
        `${error.experiment}: a fixed horizon needs a plan from before the first customer`,
        "Store it with the horizon \"sequence\", which may be looked at whenever you like."
      )
    case "UnknownExperiment":
      return described(
        `${error.experiment} has no plan; known: ${error.known.join(", ") || "none"}`,
        "`priceport compare plan FILE` stores one."
      )
    case "BadLines":
      return described(
        badLines(error),
        "Nothing was recorded. Mend the lines, or leave them out with --skip-bad."
      )
    case "LedgerError":
      return described(
        error.detail,
        error.reason === "incompatible"
          ? "The file is no ledger, or of another version of priceport."
          : "Check --ledger and who may read and write the file; `priceport compare plan FILE` makes a new one."
      )
    case "RoutingError":
      return described(error.message, "Mend that member of the configuration.")
    case "AdvanceRefused":
      return described(
        error.why,
        "Nothing changed. `priceport migrate status` shows the gates; --force goes on all the same."
      )
    case "MigrationStateError":
      return described(
        error.why,
        "Nothing is known to have changed: look with `priceport migrate status`, then try again."
      )
  }
}

const badLines = ({ count, rejects }: BadLines): string => {
  const [first] = rejects
  const where = first === undefined
    ? ""
    : `, the first is line ${first.line}: ${first.field && `${first.field}: `}${first.issue}`
  return `${count} of them${where}`
}
