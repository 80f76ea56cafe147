import type { Paywall, PaywallRequest, PricingError } from "@priceport/core"
import type { Exit, Fiber } from "effect"
import type { Visitor } from "./Customers.ts"

/** One `getPaywall` of the application, and what was known when it was made. Times are milliseconds. */
export interface Call {
  readonly number: number
  readonly kind: "keyed" | "keyless" | "nobody"
  readonly visitor: Visitor
  readonly request: PaywallRequest.PaywallRequest
  readonly digest: string
  readonly names: ReadonlyArray<string>
  /** As it was when the call was made. */
  readonly locale: string | undefined
  readonly startedAt: number
  /** The latest time of an answer. */
  readonly deadline: number
  /** When the answer was fetched that was certainly held for this question. */
  readonly heldSince: number | undefined
  /** When the customer was last forgotten, and how often. */
  readonly forgottenAt: number
  readonly generation: number
  fiber: Fiber.Fiber<Paywall.Paywall, PricingError.PricingError> | undefined
  /** Whether the world itself interrupted it. */
  givenUp: boolean
}

/** A call with its answer. */
export interface Ended {
  readonly call: Call
  readonly endedAt: number
  readonly exit: Exit.Exit<Paywall.Paywall, PricingError.PricingError>
  readonly paywall: Paywall.Paywall | undefined
  readonly error: PricingError.PricingError | undefined
}
