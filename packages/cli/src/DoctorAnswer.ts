/**
 * What a vendor's answer, or its failure, says of the vendor.
 */
import type { Paywall } from "@priceport/core/domain/Paywall"
import type * as PricingError from "@priceport/core/provider/PricingError"
import type { Check } from "./Checkup.ts"
import * as Drift from "./Drift.ts"
import * as Hint from "./Hint.ts"
import type { Listening } from "./Listening.ts"

/** A check of one vendor. */
export type Finding = Omit<Check, "subject">

/** A live answer that takes longer loses sales: Botsi itself speaks of 2 seconds at worst. */
const slowMs = 2000

/** What a paywall says of the vendor. */
export const ofPaywall = (paywall: Paywall, listening: Listening): ReadonlyArray<Finding> => [
  answered(paywall.provenance.attempts),
  contract(paywall, listening)
]

type Attempts = PricingError.PricingError["attempts"]

const latencyOf = (attempts: Attempts) => attempts.reduce((sum, { ms }) => sum + ms, 0)

/** It answered, with whatever. */
const answered = (attempts: Attempts, what = ""): Finding => {
  const latencyMs = latencyOf(attempts)
  const message = `answered in ${latencyMs} ms${latencyMs > slowMs ? ", which is slow" : ""}${what}`
  return {
    check: "reachability",
    latencyMs,
    message,
    ...(latencyMs <= slowMs
      ? { status: "ok" }
      : {
        status: "warning",
        remedy: "Prefetch, keep a time budget and bundle a fallback, so that no customer waits for it."
      })
  }
}

const unseen = (message: string, remedy?: string): Finding => ({
  check: "contract",
  status: "skipped",
  message,
  ...(remedy !== undefined && { remedy })
})

const nameACustomer =
  "Name a test customer of yours with --customer or --profile-id, and its placement with --placement."

/** What a failure says of the vendor. A made-up customer is one that Botsi cannot know. */
export const ofFailure = (error: PricingError.PricingError, isMadeUp: boolean): ReadonlyArray<Finding> => {
  const { attempts, provider, reason } = error
  const failed = (status: "warning" | "failed", remedy: string): ReadonlyArray<Finding> => [
    {
      check: "reachability",
      status,
      message: attempts.length === 0 ? reason.message : `${reason.message} after ${latencyOf(attempts)} ms`,
      remedy,
      ...(attempts.length > 0 && { latencyMs: latencyOf(attempts) })
    },
    unseen("there is no paywall to look at")
  ]
  switch (reason._tag) {
    case "InvalidResponse":
      return [
        answered(attempts),
        { check: "contract", status: "failed", message: reason.message, remedy: Hint.of(error) }
      ]
    case "NotFound":
      if (provider !== "botsi" || (reason.code === undefined && reason.detail === undefined)) {
        return failed("failed", `Check ${provider.toUpperCase()}_BASE_URL: this is no answer of ${provider}'s API.`)
      }
      if (!isMadeUp) return failed("failed", Hint.of(error))
      // Botsi's pages name no words for an unknown customer: others may be anybody's 404.
      return reason.code === "NOT_FOUND" || /customerUserId|profile/i.test(reason.detail ?? "")
        ? [
          answered(attempts, `: the key works, the made-up customer or the placement is unknown (${reason.message})`),
          unseen(
            "there is no paywall to look at",
            nameACustomer
          )
        ]
        : failed("warning", `Check BOTSI_BASE_URL. ${nameACustomer}`)
    case "RateLimited":
      return failed("warning", Hint.of(error))
    default:
      return failed("failed", Hint.of(error))
  }
}

/** The schema held, or there would be no paywall; what it does not say is found by comparing. */
const contract = ({ id, products, provenance }: Paywall, { answer, root, shape }: Listening): Finding => {
  const { unknown, unread } = Drift.of(answer(), shape, root)
  const found = [
    ...(products.length === 0 ? ["nothing to sell: the paywall has no products"] : []),
    ...provenance.notes.map(({ issue, path }) => `left out ${path}: ${issue}`),
    ...unread.map((path) => `not read ${path}: of an unexpected type`),
    ...(unknown.length === 0 ? [] : [`unknown fields: ${unknown.join(", ")}`])
  ]
  return found.length === 0
    ? { check: "contract", status: "ok", message: `paywall ${id} with ${products.length} products is all understood` }
    : {
      check: "contract",
      status: "warning",
      message: found.join("; "),
      remedy: found.length === 1 && unknown.length > 0
        ? "Nothing breaks, they are ignored: update priceport, or report them."
        : "Check the paywall in the vendor's dashboard; if it is right, its answers have changed: please report it.",
      ...(unknown.length > 0 && { unknown })
    }
}
