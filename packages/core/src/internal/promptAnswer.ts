import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { PricingError } from "../provider/PricingError.ts"
import type { CallOptions, Service } from "../provider/PricingProvider.ts"

type Answer = Effect.Effect<Paywall, PricingError>

/** A `getPaywall` that is already inside the caller's fiber. What it has at hand it gives back as an `Exit`. */
export type Prompt = (
  request: PaywallRequest,
  options: CallOptions | undefined,
  caller: Fiber.Fiber<unknown, unknown>
) => Answer

const prompts = new WeakMap<Service["getPaywall"], Prompt>()

/** Makes the `getPaywall` of a provider that often has the answer at hand. */
export const make = (prompt: Prompt): Service["getPaywall"] => {
  const getPaywall: Service["getPaywall"] = (request, options) =>
    Effect.withFiber((caller) => prompt(request, options, caller))
  prompts.set(getPaywall, prompt)
  return getPaywall
}

/**
 * Asks a provider in such a way that a policy round it sees at once what needs no waiting for. It spares a hit the steps
 * that only a failure needs, which cost half as much as the hit.
 */
export const of = (self: Service): Prompt =>
  prompts.get(self.getPaywall) ?? ((request, options) => self.getPaywall(request, options))

/** Whether an answer is at hand, and good. */
export const isReady = (answer: Answer): answer is Exit.Success<Paywall, PricingError> =>
  "_tag" in answer && answer._tag === "Success"
