import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { identity } from "effect/Function"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import type { Paywall } from "../domain/Paywall.ts"
import type { PaywallRequest } from "../domain/PaywallRequest.ts"
import { PricingError, Timeout } from "../provider/PricingError.ts"
import * as Budget from "../resilience/Budget.ts"
import * as AttemptLog from "./attemptLog.ts"
import * as CustomerIndex from "./customerIndex.ts"

/** How a lookup ended. */
export type Outcome = Exit.Exit<Paywall, PricingError>

/** One call to the provider that any number of callers wait for. */
export interface Lookup extends CustomerIndex.Owned {
  readonly key: string
  readonly request: PaywallRequest
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly outcome: Deferred.Deferred<Paywall, PricingError>
  /** What it has done so far, for whoever waits no longer. */
  readonly log: AttemptLog.Entry
}

/**
 * - `limitMs`: how long a lookup may take, in milliseconds.
 * - `onFailure`: counts those that failed.
 * - `onEnd`: sees how a lookup ended before its callers do, unless it was forgotten meanwhile.
 */
export interface Options {
  readonly provider: string
  readonly limitMs: number
  readonly onFailure: () => void
  readonly onEnd: (lookup: Lookup, outcome: Outcome, now: number) => void
}

/** The lookups under way, at most one a key. */
export interface PaywallLookups {
  readonly get: (key: string) => Lookup | undefined
  /** Starts one, in place of any other of its key. Nobody who waits for it can interrupt it. */
  readonly start: (
    question: Pick<Lookup, "key" | "request" | "identities">,
    call: () => Effect.Effect<Paywall, PricingError>,
    caller: Fiber.Fiber<unknown, unknown>
  ) => Lookup
  /** Lets those who wait for them have their answers, but nobody join them, and `onEnd` hears nothing. */
  readonly forget: (identities: ReadonlyArray<string>) => void
  readonly count: () => number
}

/**
 * Makes a place for lookups. They run in its scope and context, with the clock, tracer and span of the caller who
 * started them: what else a caller brought, such as a budget, is that caller's own.
 */
export const make = Effect.fnUntraced(
  function*(options: Options): Effect.fn.Return<PaywallLookups, never, Scope.Scope> {
    const ambient = yield* Effect.context<never>()
    const current = new Map<string, Lookup>()
    const customers = CustomerIndex.make<Lookup>()
    const fibers = new Set<Fiber.Fiber<unknown, unknown>>()
    yield* Effect.addFinalizer(() => Effect.suspend(() => Fiber.interruptAll(Array.from(fibers))))

    const leave = (lookup: Lookup): void => {
      current.delete(lookup.key)
      customers.remove(lookup)
    }

    const run = <A, E>(effect: Effect.Effect<A, E>, caller: Fiber.Fiber<unknown, unknown>): Fiber.Fiber<A, E> => {
      const span = Context.getOrUndefined(caller.context as Context.Context<Tracer.ParentSpan>, Tracer.ParentSpan)
      const context = ambient.pipe(
        Context.add(Clock.Clock, caller.getRef(Clock.Clock)),
        Context.add(Tracer.Tracer, caller.getRef(Tracer.Tracer)),
        span === undefined ? identity : Context.add(Tracer.ParentSpan, span)
      )
      const fiber = Effect.runForkWith(context)(effect)
      fibers.add(fiber)
      fiber.addObserver(() => void fibers.delete(fiber))
      return fiber
    }

    return {
      get: (key) => current.get(key),
      count: () => current.size,

      forget: (identities) => {
        for (const lookup of customers.find(identities)) leave(lookup)
      },

      start: (question, call, caller) => {
        const { key } = question
        const clock = caller.getRef(Clock.Clock)
        const startedAt = clock.currentTimeMillisUnsafe()
        const lookup: Lookup = {
          ...question,
          startedAt,
          outcome: Deferred.makeUnsafe(),
          log: AttemptLog.shared(options.provider, startedAt)
        }
        const previous = current.get(key)
        if (previous !== undefined) leave(previous)
        current.set(key, lookup)
        customers.add(lookup)

        let timer: Fiber.Fiber<unknown, unknown> | undefined
        const end = (outcome: Outcome): void => {
          if (Deferred.isDoneUnsafe(lookup.outcome)) return
          timer?.interruptUnsafe()
          if (Exit.isFailure(outcome)) options.onFailure()
          if (current.get(key) === lookup) {
            leave(lookup)
            options.onEnd(lookup, outcome, clock.currentTimeMillisUnsafe())
          }
          Deferred.doneUnsafe(lookup.outcome, outcome)
        }

        const fiber = run(
          Budget.apart(Effect.provideService(Effect.suspend(call), AttemptLog.Current, lookup.log)),
          caller
        )
        fiber.addObserver(end)
        if (!Deferred.isDoneUnsafe(lookup.outcome)) {
          // Not around the call, which may not let itself be interrupted: its callers are answered all the same.
          const expire = Effect.sync(() => {
            timer = undefined
            end(Exit.fail(timedOut(AttemptLog.cut(lookup.log, clock.currentTimeMillisUnsafe()), options.limitMs)))
            fiber.interruptUnsafe()
          })
          timer = run(Effect.delay(expire, options.limitMs), caller)
        }
        return lookup
      }
    }
  }
)

/** The error of whoever waits no longer for a call that has come so far, with a limit of `limitMs`. */
export const timedOut = (told: Pick<PricingError, "provider" | "attempts">, limitMs: number): PricingError =>
  new PricingError({ ...told, operation: "getPaywall", reason: new Timeout({ limitMs }) })
