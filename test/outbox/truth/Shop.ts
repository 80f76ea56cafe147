/** An application with one client, the people who use it, and what it does for them. */
import { type PaywallRequest, type Presented, type Pricing, Purchase } from "@priceport/core"
import type { BotsiSimulator } from "@priceport/testing/simulators"
import { Effect } from "effect"
import type * as Prng from "../../simulation/Prng.ts"
import type { Bought, Oracle, Shown } from "./Oracle.ts"

export const placements = ["onboarding", "settings", "treated", "zero", "plain"]

export interface Shop {
  readonly prng: Prng.Prng
  readonly pricing: Pricing.Pricing["Service"]
  readonly simulator: BotsiSimulator.BotsiSimulator["Service"]
  readonly oracle: Oracle
  /** What was done and what came of it, and how often. */
  readonly seen: (what: string) => void
  /** What must not be. */
  readonly wrong: (what: string) => void
  /** The id of a transaction that is none yet. */
  readonly nextId: () => string
  /** Purchases that are known for sure, by anybody. */
  readonly sold: Array<Bought>
  /** Whatever an answer held, to see that it is let go of. */
  readonly remember: (attribution: object) => void
}

/** Somebody, and what this person's device has kept. */
export interface Person {
  readonly number: number
  isLoggedIn: boolean
  readonly shown: Array<Shown>
  readonly bought: Array<Bought>
  /** What was cut off, to be told again. */
  readonly unsure: Array<Shown | Bought>
}

export const person = (number: number): Person => ({
  number,
  isLoggedIn: false,
  shown: [],
  bought: [],
  unsure: []
})

export const userId = (number: number) => `u-${number}`
export const profileId = (number: number) => `p-${number}`

export const customerOf = ({ isLoggedIn, number }: Person): PaywallRequest.PaywallRequest["customer"] =>
  isLoggedIn ? { id: userId(number) } : { profiles: { botsi: profileId(number) } }

/** The attribution, the token, or both: whichever the application happens to keep. A bundled paywall has neither. */
export const presented = (
  { paywall }: Shown,
  prng: Prng.Prng
): Presented.Sealed & Pick<Purchase.Purchase, "attribution"> => {
  const { attribution, attributionToken } = paywall
  return prng.pick([{ attribution, attributionToken }, { attribution }, { attributionToken }])
}

export const transactionOf = ({ id, isTrial, store }: Bought): Purchase.Transaction => {
  const about = { token: id, productId: "premium_monthly", environment: "production" } as const
  const price = { amountMicros: 9_990_000, currency: "USD" }
  const phase = { ...price, period: "P1M", recurrenceMode: 1, cycles: 0 }
  switch (store) {
    case "app": {
      const { environment, productId } = about
      return { _tag: "AppStoreTransaction", transactionId: id, originalTransactionId: id, productId, environment }
    }
    case "one-time":
      return { _tag: "PlayStoreOneTimePurchase", ...about, price }
    case "subscription":
      return {
        _tag: "PlayStoreSubscription",
        ...about,
        offer: { basePlanId: "m", pricingPhases: isTrial ? [{ ...phase, amountMicros: 0 }, phase] : [phase] }
      }
  }
}

export const look = Effect.fnUntraced(function*(shop: Shop, person: Person, placement: string) {
  const { oracle, pricing, prng, remember, seen, wrong } = shop
  const enroll = prng.chance(0.1) ? { enroll: false } : {}
  const paywall = yield* pricing.getPaywall({ placement, customer: customerOf(person), ...enroll })
  const shown = { paywall, person: person.number }
  seen(`paywall ${paywall.provenance.source}`)
  if (paywall.attribution !== undefined) remember(paywall.attribution)
  if (!oracle.isSteady(shown)) wrong(`${placement} changed for ${person.number}`)
  person.shown.push(shown)
  if (person.shown.length > 4) person.shown.shift()
})

export const tell = Effect.fnUntraced(function*({ oracle, pricing, prng, seen, wrong }: Shop, shown: Shown) {
  const { _tag } = yield* pricing.recordImpression(presented(shown, prng))
  seen(`impression ${_tag}`)
  const allowed = oracle.impression(shown, false)
  if (!allowed.includes(_tag)) wrong(`an impression of ${shown.person} was ${_tag}, not ${allowed.join(" or ")}`)
})

export const outcomeOf = (purchase: ReturnType<Pricing.Pricing["Service"]["validatePurchase"]>) =>
  purchase.pipe(
    Effect.map((outcome) => Purchase.isPending(outcome) ? "Pending" : "Validated"),
    Effect.catch(({ reason }) => Effect.succeed(reason._tag))
  )

/** How long is waited for the vendor's word. */
export const patience = { timeout: "300 millis" } as const

/** Reports a purchase: for the first time, or again. */
export const buy = Effect.fnUntraced(
  function*({ oracle, pricing, prng, seen, wrong }: Shop, bought: Bought, atLast = false) {
    const transaction = transactionOf(bought)
    const restored = transaction._tag === "AppStoreTransaction" && prng.chance(0.3)
    const report = {
      ...presented(bought.shown, prng),
      transaction: restored ? { ...transaction, source: "restore" as const } : transaction
    }
    const outcome = yield* outcomeOf(pricing.validatePurchase(report, atLast ? undefined : patience))
    seen(`purchase ${outcome}`)
    const allowed = atLast ? ["Validated"] : oracle.purchase(bought)
    if (!allowed.includes(outcome)) wrong(`purchase ${bought.id} was ${outcome}, not ${allowed.join(" or ")}`)
    return outcome
  }
)
