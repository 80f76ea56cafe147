import * as Impression from "@priceport/core/domain/Impression"
import * as ExposureKey from "@priceport/core/exposure/ExposureKey"
import * as PricingError from "@priceport/core/provider/PricingError"
import * as PricingProvider from "@priceport/core/provider/PricingProvider"
import * as TimeBudget from "@priceport/core/provider/TimeBudget"
import * as WireSchema from "@priceport/core/provider/WireSchema"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { customerOf, type Desk, entryOf, orUnavailable, refuse, unknown } from "./desk.ts"
import * as Measures from "./measures.ts"

const operation = "recordImpression"

const check = WireSchema.check(Impression.Impression, { unknownMembers: "ignore" })

/** Accepts impressions: what must not be sent is not stored, what is known is not stored twice. */
export const make = (desk: Desk) => {
  const { id: own, lanes, notes, ring, settings, store, submit, vendors } = desk
  const windowOf = windows(settings.window)

  return (
    impression: Impression.Impression,
    options: PricingProvider.CallOptions = {}
  ): Effect.Effect<Impression.ImpressionOutcome, PricingError.PricingError> =>
    Effect.suspend((): Effect.Effect<Impression.ImpressionOutcome, PricingError.PricingError> => {
      const violation = check(impression)
      if (violation !== undefined) {
        const reason = new PricingError.InvalidRequest({ field: violation.path, issue: violation.issue })
        return refuse(own, operation, reason)
      }
      const attribution = Impression.countable(impression)
      if ("why" in attribution) return Effect.succeed(attribution)
      const { provider } = attribution
      const vendor = vendors.get(provider)
      if (vendor === undefined) return refuse(own, operation, unknown(provider))
      if (vendor.capabilities?.exposure === "on-fetch") {
        notes.later(attribution)
        return Effect.succeed(Impression.ImplicitOnFetch.make({}))
      }
      const limit = TimeBudget.limit(options.timeout, PricingProvider.defaultTimeouts.recordImpression)
      if (limit instanceof PricingError.InvalidRequest) return refuse(provider, operation, limit)
      if (!desk.isOpen()) return refuse(provider, operation, new PricingError.QueueFull())

      const stored = Effect.gen(function*() {
        const { shownAt } = impression
        const content = shownAt === undefined ? { attribution } : { attribution, shownAt }
        const customer = yield* customerOf(ring, attribution)
        const id = yield* ring.fingerprint(...ExposureKey.parts(attribution))
        const acceptedAt = yield* Clock.currentTimeMillis
        const dueAt = windowOf(customer, acceptedAt)
        // The same exposure says the same thing: what it says is what makes it the same.
        const about = { kind: "impression", id, customer, digest: id, acceptedAt, dueAt } as const
        const entry = yield* entryOf(desk, about, content)
        const appended = yield* submit(entry)
        if (appended._tag === "Full") {
          yield* Measures.shed(provider, "impression")
          return yield* refuse(provider, operation, new PricingError.QueueFull())
        }
        const isNew = appended._tag === "Added" ||
          appended.known.state === "dead" && (yield* store.replace(entry, appended.known))
        if (!isNew) return Impression.Duplicate.make({})
        yield* Measures.accepted(provider, "impression")
        lanes.get(provider)?.wake(dueAt)
        return Impression.Queued.make({})
      }).pipe(orUnavailable(provider, operation))
      return Effect.catchTag(
        TimeBudget.within(stored, limit),
        "Timeout",
        (reason) => refuse(provider, operation, reason)
      )
    })
}

/** When the impressions of a customer are due: those of one window together, when it ends. */
const windows = (length: number) => {
  const ends = new Map<string, number>()
  return (customer: string, now: number): number => {
    for (const [earlier, end] of ends) {
      if (end > now) break
      ends.delete(earlier)
    }
    // Not later than a window from now, also where the clock was put back.
    const end = Math.min(ends.get(customer) ?? Infinity, now + length)
    if (length > 0) ends.set(customer, end)
    return end
  }
}
