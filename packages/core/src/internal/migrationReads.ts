import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { Customer } from "../domain/Customer.ts"
import type { Paywall } from "../domain/Paywall.ts"
import type { PricingError } from "../provider/PricingError.ts"
import * as PricingErrors from "../provider/PricingError.ts"
import type { Service } from "../provider/PricingProvider.ts"
import * as Assignment from "../routing/Assignment.ts"
import * as Journal from "../routing/Journal.ts"
import * as KeptAssignments from "../routing/KeptAssignments.ts"
import * as MigrationGates from "../routing/MigrationGates.ts"
import type { State } from "../routing/MigrationLog.ts"
import { invalidRequest } from "./inputs.ts"
import type { Settings } from "./migrationConfig.ts"
import type { Count, Side } from "./migrationCount.ts"
import type { Origins } from "./migrationOrigins.ts"
import { Ahead, Unseen } from "./routingAhead.ts"
import * as ShadowRead from "./shadowRead.ts"
import * as ShadowRequest from "./shadowRequest.ts"

/** Where a customer is, and under which name. */
interface Place {
  readonly side: Side
  readonly by: "hash" | "kept"
  readonly unit?: string | undefined
  readonly others?: ReadonlyArray<string>
}

/** Reads of customers: who serves each, and what is counted of it. */
export const make = Effect.fnUntraced(function*(options: {
  readonly settings: Settings
  readonly from: Service
  readonly to: Service
  readonly clock: Clock.Clock
  readonly state: () => State
  readonly count: () => Count
  readonly origins: Origins
  readonly onCompared?: ((compared: Journal.Compared) => Effect.Effect<void>) | undefined
}) {
  const { clock, count, from, onCompared, origins, settings, state, to } = options
  const { id, impressions, placements, shadow } = settings
  const { latency = MigrationGates.defaults.latency } = settings.gates
  const slowMs = latency === false ? Infinity : latency.ms
  const journal = yield* Journal.teller
  const kept = Option.getOrElse(
    yield* Effect.serviceOption(KeptAssignments.KeptAssignments),
    () => KeptAssignments.makeMemory()
  )

  const compare = yield* ShadowRead.make({
    sample: shadow.sample ?? 0.1,
    timeoutMs: shadow.timeoutMs ?? 3000,
    concurrency: shadow.concurrency ?? 8,
    as: impressions === "both" ? "customer" : shadow.as ?? { id: "priceport-shadow" },
    enroll: impressions === "both",
    placements,
    products: settings.products,
    candidate: to,
    onResult: (result) =>
      Effect.suspend(() => {
        const { compared } = result
        const isAnswered = compared.verdict !== "failed"
        if (isAnswered) count().compared(compared.verdict === "material")
        if (state().stage._tag === "Shadow") count().read("to", { isAnswered, isSlow: compared.ms > slowMs })
        return Effect.andThen(origins.found(result), onCompared?.(compared) ?? Effect.void)
      })
  })

  /** What is kept is no arm, and has a name that no experiment has. */
  const positions = `migration:${id}`

  /** The place of a customer, under the first name that was ever seen. */
  const placeOf = (customer: Customer, leavesTrace: boolean): Effect.Effect<Place> =>
    Effect.gen(function*() {
      const [unit, ...others] = Assignment.units(customer)
      if (unit === undefined) return { side: state().isMoved(last) ? "to" : "from", by: "hash" }
      if (state().moved === 1) return { side: "to", by: "hash", unit, others }
      const names = [unit, ...others]
      const before = yield* Effect.forEach(names, (name) => kept.get(positions, name))
      const known = before.find((text) => text !== undefined && Number(text) >= 0 && Number(text) < 1)
      const position = known === undefined ? Assignment.hash(id, unit) : Number(known)
      if (leavesTrace) {
        yield* Effect.forEach(names.filter((_, index) => before[index] === undefined), (name) =>
          kept.put(positions, name, String(position)), { discard: true })
      }
      return {
        side: state().isMoved(position) ? "to" : "from",
        by: known === undefined ? "hash" : "kept",
        unit,
        others
      }
    })

  const tell = ({ by, others = [], side, unit }: Place) =>
    unit === undefined ? Effect.void : journal(() => ({
      _tag: "Assigned",
      at: clock.currentTimeMillisUnsafe(),
      experiment: id,
      arm: settings[side],
      unit,
      by,
      ...(others.length > 0 && { others })
    }))

  const counted = (side: Side, unit: string | undefined, answer: Effect.Effect<Paywall, PricingError>) =>
    Effect.suspend(() => {
      const startedAt = clock.currentTimeMillisUnsafe()
      return Effect.onExit(answer, (exit) =>
        Effect.sync(() => {
          const isAnswered = Exit.isSuccess(exit) && exit.value.provenance.source !== "bundled"
          if (!isAnswered && !isFailure(exit)) return
          count().read(side, { isAnswered, isSlow: clock.currentTimeMillisUnsafe() - startedAt > slowMs })
          if (isAnswered && unit !== undefined) count().served(side, unit)
        }))
    })

  const getPaywall: Service["getPaywall"] = (request, callOptions) =>
    Effect.withFiber((fiber) => {
      // The old vendor says what is wrong with it.
      if (invalidRequest(request) !== undefined) return from.getPaywall(request, callOptions)
      const { stage } = state()
      const leavesTrace = request.enroll !== false && !fiber.getRef(Ahead) && !fiber.getRef(Unseen)
      if (stage._tag === "Off" || stage._tag === "RolledBack") return from.getPaywall(request, callOptions)

      const fromOld = (unit: string | undefined) => {
        const answer = from.getPaywall(request, callOptions)
        return Effect.tap(leavesTrace ? counted("from", unit, answer) : answer, (served) => compare(served, request))
      }
      if (stage._tag === "Shadow") return fromOld(undefined)

      const { placement } = request
      const mapped = { ...request, placement: ShadowRequest.placementOf(placement, placements) }
      return Effect.flatMap(placeOf(request.customer, leavesTrace), (place) => {
        const answer = place.side === "from"
          ? fromOld(place.unit)
          : Effect.map(
            leavesTrace
              ? counted("to", place.unit, Effect.suspend(() => to.getPaywall(mapped, callOptions)))
              : to.getPaywall(mapped, callOptions),
            (paywall) => under(placement, paywall)
          )
        return leavesTrace && stage._tag === "Ramp" ? Effect.andThen(tell(place), answer) : answer
      })
    })

  return { getPaywall, sideOf: (customer: Customer) => placeOf(customer, false) }
})

/** Who cannot be told apart is moved after everybody else. */
const last = 0.9999

/** Whether a call says something about its vendor: not what the application did wrong itself, nor who gave up. */
const isFailure = (exit: Exit.Exit<Paywall, PricingError>): boolean => {
  if (Exit.isSuccess(exit)) return true
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  if (error === undefined) return !Exit.hasInterrupts(exit)
  return PricingErrors.wasAttempted(error.reason) || error.reason._tag === "CircuitOpen"
}

/** An answer under the application's own name of the placement. */
const under = (placement: string, paywall: Paywall): Paywall =>
  paywall.placement === placement ? paywall : {
    ...paywall,
    placement,
    ...(paywall.attribution !== undefined && { attribution: { ...paywall.attribution, placement } })
  }
