import * as Effect from "effect/Effect"
import type { ProviderId } from "../domain/Identifier.ts"
import type { Service } from "../provider/PricingProvider.ts"
import type { Router } from "../routing/Routing.ts"
import { RoutingError } from "./routingError.ts"
import type * as Members from "./routingMembers.ts"

/**
 * Refuses a migration whose purchases would be mixed with others: those of a vendor that customers reach past it, too, would
 * be conversions of customers it never served, or its own would be nobody's. Routers must be free of circles.
 */
export const check = (
  router: Router,
  providers: ReadonlyArray<Service>,
  { membersOf, routers, serve }: {
    readonly serve: ProviderId
    readonly routers: ReadonlyArray<Router>
    readonly membersOf: (router: Router) => ReadonlyArray<Members.Named>
  }
): Effect.Effect<void, RoutingError> =>
  Effect.suspend(() => {
    if (router._tag !== "Migration" || !router.gates?.conversion) return Effect.void
    if (!providers.every(({ capabilities }) => capabilities.purchases.length > 0)) return Effect.void
    const byId = new Map(routers.map((router) => [router.id, router]))
    const reached = (id: ProviderId): ReadonlyArray<ProviderId> => {
      const found = byId.get(id)
      if (id === router.id) return []
      return found === undefined ? [id] : membersOf(found).flatMap((member) => reached(member.id))
    }
    const own = new Set(providers.flatMap(({ id, members }) => members ?? [id]))
    const shared = reached(serve).find((id) => own.has(id))
    return shared === undefined ? Effect.void : Effect.fail(
      new RoutingError({
        path: "gates.conversion",
        issue: `Expected no other way to ${shared} than this migration: purchases could not be told apart`
      })
    )
  })
