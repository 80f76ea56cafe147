import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Journal from "../routing/Journal.ts"
import * as KeptAssignments from "../routing/KeptAssignments.ts"
import * as MigrationState from "../routing/MigrationState.ts"
import * as ShownPrices from "../routing/ShownPrices.ts"

type Stores = KeptAssignments.KeptAssignments | MigrationState.MigrationState | ShownPrices.ShownPrices

/** What routers remember, at hand or in memory, and whom they tell, so that all of them have the same. */
export const context: Effect.Effect<Context.Context<Stores>> = Effect.gen(function*() {
  const kept = yield* Effect.serviceOption(KeptAssignments.KeptAssignments)
  const migration = yield* Effect.serviceOption(MigrationState.MigrationState)
  const shown = yield* Effect.serviceOption(ShownPrices.ShownPrices)
  return Context.make(KeptAssignments.KeptAssignments, Option.getOrElse(kept, () => KeptAssignments.makeMemory())).pipe(
    Context.add(MigrationState.MigrationState, Option.getOrElse(migration, MigrationState.makeMemory)),
    Context.add(ShownPrices.ShownPrices, Option.getOrElse(shown, () => ShownPrices.makeMemory())),
    Context.add(Journal.Journal, yield* Journal.Journal)
  )
})
