import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as KeptAssignments from "../routing/KeptAssignments.ts"
import * as ShownPrices from "../routing/ShownPrices.ts"

/** What routers remember, at hand or in memory, so that all of them have the same. */
export const context: Effect.Effect<Context.Context<KeptAssignments.KeptAssignments | ShownPrices.ShownPrices>> = Effect
  .gen(function*() {
    const kept = yield* Effect.serviceOption(KeptAssignments.KeptAssignments)
    const shown = yield* Effect.serviceOption(ShownPrices.ShownPrices)
    return Context.make(
      KeptAssignments.KeptAssignments,
      Option.getOrElse(kept, () => KeptAssignments.makeMemory())
    ).pipe(Context.add(ShownPrices.ShownPrices, Option.getOrElse(shown, () => ShownPrices.makeMemory())))
  })
