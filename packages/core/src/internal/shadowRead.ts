import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import type { PricingError, Timeout } from "../provider/PricingError.ts"
import * as PricingMetrics from "../provider/PricingMetrics.ts"
import type { Labels } from "../provider/PricingMetrics.ts"
import * as TimeBudget from "../provider/TimeBudget.ts"
import * as Assignment from "../routing/Assignment.ts"
import * as Journal from "../routing/Journal.ts"
import * as PaywallDifference from "../routing/PaywallDifference.ts"
import * as MetricSeries from "./metricSeries.ts"
import * as OwnRequest from "./ownRequest.ts"
import { Ahead } from "./routingAhead.ts"
import { apart } from "./routingApart.ts"
import * as Members from "./routingMembers.ts"
import * as ShadowRequest from "./shadowRequest.ts"

/** What came of one shadow read. `candidate` is absent where it failed, for the reason that `compared` has. */
export interface Result {
  readonly request: PaywallRequest
  readonly served: Paywall
  readonly candidate: Paywall | undefined
  readonly compared: Journal.Compared
}

/** The answer and what differs, or why there is none. */
interface Found {
  readonly answer?: Paywall
  readonly comparison?: PaywallDifference.Comparison
  readonly failure?: string
}

export interface Options extends ShadowRequest.Settings {
  readonly sample: number
  readonly timeoutMs: number
  readonly concurrency: number
  readonly products: Readonly<Record<string, string>>
  readonly onResult: (result: Result) => Effect.Effect<void>
}

/**
 * Makes what is done with each answer: now and then the candidate is read, too, in a fiber of the scope. That fiber gives
 * way twice before it asks: once when it is forked and once by its own wish behind everything that is waiting, so that the
 * caller, whose last steps they are, has the answer by then.
 */
export const make = Effect.fnUntraced(function*(options: Options) {
  const scope = yield* Effect.scope
  const journal = yield* Journal.teller
  const { candidate, concurrency, sample, timeoutMs } = options
  let underWay = 0

  const counted = (verdict: Labels["verdict"]) =>
    MetricSeries.update(PricingMetrics.shadowReads, { provider: candidate.id, verdict })

  const judge = (served: Paywall, answer: Paywall): Found => {
    const failure = standIn(answer)
    return failure === undefined
      ? { answer, comparison: PaywallDifference.compare(served, answer, options) }
      : { failure }
  }

  const read = (served: Paywall, request: PaywallRequest) =>
    Effect.gen(function*() {
      yield* Effect.yieldNowWith(1)
      const startedAt = yield* Clock.currentTimeMillis
      const asked = Effect.suspend(() => candidate.getPaywall(request, { timeout: timeoutMs }))
      const exit = yield* TimeBudget.within(apart(asked), Duration.millis(timeoutMs)).pipe(
        Effect.map((answer) => judge(served, answer)),
        Effect.exit
      )
      const at = yield* Clock.currentTimeMillis
      const found: Found = Exit.isSuccess(exit) ? exit.value : { failure: reasonOf(exit) }
      return { at, ms: at - startedAt, found }
    })

  const report = (served: Paywall, request: PaywallRequest) =>
    Effect.flatMap(read(served, ShadowRequest.of(request, options)), ({ at, found, ms }) => {
      const { answer, comparison, failure } = found
      const compared: Journal.Compared = {
        _tag: "Compared",
        at,
        ms,
        unit: Assignment.unit(request.customer),
        placement: request.placement,
        provider: served.provider,
        candidate: candidate.id,
        verdict: comparison?.verdict ?? "failed",
        differences: comparison?.differences ?? [],
        reason: failure
      }
      const kinds = new Set(compared.differences.map(({ kind }) => kind))
      return counted(compared.verdict).pipe(
        Effect.andThen(
          Effect.forEach(
            kinds,
            (difference) =>
              MetricSeries.update(PricingMetrics.shadowDifferences, { provider: candidate.id, difference }),
            { discard: true }
          )
        ),
        Effect.andThen(journal(() => compared)),
        Effect.andThen(options.onResult({ request, served, candidate: answer, compared }))
      )
    })

  return (served: Paywall, request: PaywallRequest): Effect.Effect<void> =>
    Effect.withFiber((fiber) => {
      if (sample <= 0 || fiber.getRef(Ahead) || !isOrdinary(request) || !isOwnAnswer(served, candidate)) {
        return Effect.void
      }
      return Effect.flatMap(sample >= 1 ? Effect.succeed(0) : Random.next, (chance) => {
        if (chance >= sample) return Effect.void
        if (underWay >= concurrency) return counted("skipped")
        underWay++
        const own = { ...request, customer: { ...request.customer } }
        return Effect.suspend(() => report(served, own)).pipe(
          Effect.ensuring(Effect.sync(() => underWay--)),
          Effect.ignoreCause({ log: "Debug" }),
          Effect.forkIn(scope),
          Effect.asVoid
        )
      })
    })
})

/** Whether this is a customer's read that a second one does no harm to. */
const isOrdinary = (request: PaywallRequest) => request.enroll !== false && !OwnRequest.overrides(request)

/** Whether the answer is what its vendor says to this customer, which only then can be compared. */
const isOwnAnswer = ({ provenance: { source, standby }, provider }: Paywall, candidate: Options["candidate"]) =>
  source !== "bundled" && standby === undefined && !Members.serves(candidate, provider)

/** Why the answer is not the candidate's own. */
const standIn = ({ provenance: { reason, source, standby } }: Paywall): string | undefined =>
  source === "bundled" || standby !== undefined ? reason ?? "Unavailable" : undefined

const reasonOf = (exit: Exit.Failure<unknown, PricingError | Timeout>): string => {
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  if (error === undefined) return Cause.hasInterruptsOnly(exit.cause) ? "Interrupted" : "Defect"
  return error._tag === "PricingError" ? error.reason._tag : error._tag
}
