import type { Customer } from "@priceport/core/domain/Customer"
import { mayHaveArrived, type PricingError } from "@priceport/core/provider/PricingError"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { BotsiClient } from "../BotsiClient.ts"
import type { CreateProfile } from "../BotsiSchema.ts"

/** How many customers are remembered. */
const capacity = 10_000

/**
 * Creates missing profiles, each once.
 *
 * Callers that wait for the same profile share one request, which has its own limit of 10 seconds and outlives a caller
 * who gives up: cutting it off would leave open whether the profile exists. A plain refusal is the failure of those who
 * wait, and may be tried again later. A failure after which the profile may exist is never repeated, since Botsi does not
 * say what a second creation does: its tag is the result. (Effect's `Cache` would interrupt a lookup with its last
 * caller, and keep what failed.)
 */
export const make = (client: BotsiClient["Service"]) => {
  const outcomes = new Map<string, Deferred.Deferred<Outcome, PricingError>>()

  const started = (facts: CreateProfile, id: string) => {
    const outcome = Deferred.makeUnsafe<Outcome, PricingError>()
    outcomes.set(id, outcome)
    if (outcomes.size > capacity) outcomes.delete(outcomes.keys().next().value!)
    return create(client, facts).pipe(
      Effect.onExit((exit) => {
        if (Exit.isFailure(exit) && outcomes.get(id) === outcome) outcomes.delete(id)
        return Deferred.done(outcome, exit)
      }),
      Effect.forkDetach({ startImmediately: true }),
      Effect.as(outcome)
    )
  }

  /** Undefined when too little is known of the customer. */
  return (customer: Customer): Effect.Effect<Outcome, PricingError> | undefined => {
    const facts = factsOf(customer)
    return facts && Effect.uninterruptibleMask((restore) => {
      const kept = outcomes.get(facts.customerUserId)
      const outcome = kept === undefined ? started(facts, facts.customerUserId) : Effect.succeed(kept)
      return Effect.flatMap(outcome, (known) => restore(Deferred.await(known)))
    })
  }
}

const create = (client: BotsiClient["Service"], facts: CreateProfile): Effect.Effect<Outcome, PricingError> =>
  Effect.matchEffect(client.createProfile(facts), {
    onSuccess: () => Effect.undefined,
    onFailure: (error) => mayHaveArrived(error.reason) ? Effect.succeed(error.reason._tag) : Effect.fail(error)
  })

/** Nothing for a profile that was created, else the tag of a failure after which it may exist. */
type Outcome = PricingError["reason"]["_tag"] | undefined

/** The facts of a customer that Botsi's guide requires of a new profile, as the port calls them. */
export const required = "country, device.model, device.os, platform and appVersion"

/** What Botsi's guide requires of a new profile, if all of it is known. */
const factsOf = ({ appVersion, country, device, id, ip, locale, platform }: Customer) =>
  id === undefined || country === undefined || device?.model === undefined || device.os === undefined ||
    platform === undefined || appVersion === undefined
    ? undefined
    : {
      country,
      device: device.model,
      os: device.os,
      platform,
      appVersion,
      customerUserId: id,
      ...(locale !== undefined && { locale }),
      ...(ip !== undefined && { ip })
    }
