import type { Customer } from "@priceport/core/domain/Customer"
import type { PricingError } from "@priceport/core/provider/PricingError"
import * as Cache from "effect/Cache"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Fiber from "effect/Fiber"
import * as Hash from "effect/Hash"
import type { BotsiClient } from "../BotsiClient.ts"
import type { CreateProfile } from "../BotsiSchema.ts"

/** One customer's profile to create. Equal for equal customers, whatever else is known of them. */
class Wanted implements Equal.Equal {
  readonly customerUserId: string
  readonly facts: CreateProfile
  constructor(customerUserId: string, facts: CreateProfile) {
    this.customerUserId = customerUserId
    this.facts = facts
  }
  [Equal.symbol](that: Equal.Equal): boolean {
    return that instanceof Wanted && that.customerUserId === this.customerUserId
  }
  [Hash.symbol](): number {
    return Hash.string(this.customerUserId)
  }
}

/** How many customers are remembered as created. */
const capacity = 10_000

/**
 * Creates missing profiles, one at a time and once per customer.
 *
 * Callers that wait for the same profile share one request, which has its own limit of 10 seconds and outlives a caller
 * who gives up. A plain refusal is the caller's failure and may be tried again later. A failure after which the profile
 * may exist is never repeated, since Botsi does not say what a second creation does: its tag is the result.
 */
export const make = Effect.fnUntraced(function*(client: BotsiClient["Service"]) {
  const creations = yield* Cache.make({
    capacity,
    lookup: ({ facts }: Wanted) => Effect.forkDetach(create(client, facts), { startImmediately: true })
  })
  return (customer: Customer): Effect.Effect<Outcome, PricingError> | undefined => {
    const facts = factsOf(customer)
    if (facts === undefined) return undefined
    const wanted = new Wanted(facts.customerUserId, facts)
    return Effect.flatMap(Cache.get(creations, wanted), (creation) =>
      Effect.tapError(
        Fiber.join(creation),
        () => Cache.invalidateWhen(creations, wanted, (kept) => kept === creation)
      ))
  }
})

const create = (client: BotsiClient["Service"], facts: CreateProfile): Effect.Effect<Outcome, PricingError> =>
  Effect.matchEffect(client.createProfile(facts), {
    onSuccess: () => Effect.undefined,
    onFailure: (error) => mayExist(error.reason) ? Effect.succeed(error.reason._tag) : Effect.fail(error)
  })

/** Nothing for a profile that was created, else the tag of a failure after which it may exist. */
type Outcome = PricingError["reason"]["_tag"] | undefined

const mayExist = (reason: PricingError["reason"]): boolean => {
  switch (reason._tag) {
    case "Transport":
      return reason.sent === "maybe"
    case "Rejected":
      return (reason.status ?? 0) >= 500
    case "Timeout":
    case "Unavailable":
    case "InvalidResponse":
      return true
    default:
      return false
  }
}

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
