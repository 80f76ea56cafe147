import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type * as PricingProvider from "../provider/PricingProvider.ts"

type Service = PricingProvider.Service

/** A provider that was built, its scope, and the calls it is working on. */
interface Generation<A> {
  readonly value: A
  readonly scope: Scope.Closeable
  calls: number
  isReplaced: boolean
}

/** Swaps a provider for another one while it is used. A load that fails leaves the old one where it is. */
export const make = Effect.fnUntraced(function*<A extends { readonly provider: Service }, E>(
  initial: unknown,
  load: (config: unknown) => Effect.Effect<A, E, Scope.Scope>
) {
  const outer = yield* Effect.scope
  const one = yield* Semaphore.make(1)

  const start = (config: unknown) =>
    Effect.uninterruptibleMask((restore) => {
      const scope = Scope.forkUnsafe(outer)
      return restore(Scope.provide(load(config), scope)).pipe(
        Effect.onError(() => Scope.close(scope, Exit.void)),
        Effect.map((value): Generation<A> => ({ value, scope, calls: 0, isReplaced: false }))
      )
    })

  let current = yield* start(initial)

  /** Ends apart, so that the last caller does not wait for it. */
  const closeUnused = (generation: Generation<A>) =>
    generation.isReplaced && generation.calls === 0
      ? Effect.forkIn(Scope.close(generation.scope, Exit.void), outer)
      : Effect.void

  /** One call, from beginning to end on what is current when it begins. */
  const use = <B, F>(call: (provider: Service) => Effect.Effect<B, F>): Effect.Effect<B, F> =>
    Effect.uninterruptibleMask((restore) => {
      const generation = current
      generation.calls++
      return Effect.onExit(restore(Effect.suspend(() => call(generation.value.provider))), () => {
        generation.calls--
        return closeUnused(generation)
      })
    })

  const operations: Pick<Service, PricingProvider.Operation> = {
    getPaywall: (request, options) => use((provider) => provider.getPaywall(request, options)),
    recordImpression: (impression, options) => use((provider) => provider.recordImpression(impression, options)),
    validatePurchase: (purchase, options) => use((provider) => provider.validatePurchase(purchase, options))
  }

  return {
    operations,
    current: Effect.sync(() => current.value),
    reload: (config: unknown): Effect.Effect<void, E> =>
      Semaphore.withPermits(one, 1)(
        Effect.uninterruptibleMask((restore) =>
          Effect.flatMap(restore(start(config)), (next) => {
            const old = current
            current = next
            old.isReplaced = true
            return closeUnused(old)
          })
        )
      )
  }
})
