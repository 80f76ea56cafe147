import * as Effect from "effect/Effect"
import * as Budget from "../resilience/Budget.ts"
import * as AttemptLog from "./attemptLog.ts"
import { Unseen } from "./routingAhead.ts"

/** Makes a call that goes on beside a caller's: nothing is left of that one's budget, attempts and customer. */
export const apart = <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  call.pipe(
    Effect.provideService(Budget.Current, Budget.none),
    Effect.provideService(AttemptLog.Current, undefined),
    Effect.provideService(Unseen, true)
  )
