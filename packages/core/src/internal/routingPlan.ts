import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ProviderId } from "../domain/Identifier.ts"
import type { Service } from "../provider/PricingProvider.ts"
import { RoutingError } from "./routingError.ts"
import * as Members from "./routingMembers.ts"

/** Builds the provider named `serve`, after what it is made of. Names of routers that wait are checked, too. */
export const build = <Router extends { readonly id: ProviderId }>(options: {
  readonly serve: ProviderId
  readonly routers: ReadonlyArray<Router>
  readonly vendors: ReadonlyArray<Service>
  readonly members: (router: Router) => ReadonlyArray<Members.Named>
  readonly build: (router: Router, members: ReadonlyArray<Service>) => Effect.Effect<Service, RoutingError, Scope.Scope>
  /** Whether the one router is the whole configuration. */
  readonly isAlone: boolean
}): Effect.Effect<Service, RoutingError, Scope.Scope> => {
  const { isAlone, routers, serve, vendors } = options
  const pathOf = (index: number) => isAlone ? "" : `routers[${index}]`
  const under = (index: number, named: Members.Named): Members.Named => ({
    ...named,
    path: isAlone ? named.path : `${pathOf(index)}.${named.path}`
  })
  const indexOf = new Map(routers.map(({ id }, index) => [id, index]))
  const known = [...vendors, ...routers].map(({ id }) => id)

  const problem = (): RoutingError | undefined => {
    const twice = known.findIndex((id, index) => known.indexOf(id) < index)
    if (twice >= 0) {
      const path = twice < vendors.length ? "" : isAlone ? "id" : `${pathOf(twice - vendors.length)}.id`
      return new RoutingError({ path, issue: `Two providers are named ${known[twice]}` })
    }
    const names = [
      { path: "serve", id: serve },
      ...routers.flatMap((router, index) => options.members(router).map((named) => under(index, named)))
    ]
    const stray = names.find(({ id }) => !known.includes(id))
    return stray === undefined ? circle() : Members.unknown(stray, known)
  }

  /** A router that is a member of itself, whether through others or not. */
  const circle = (): RoutingError | undefined => {
    const done = new Set<ProviderId>()
    const follow = (id: ProviderId, way: ReadonlyArray<ProviderId>): RoutingError | undefined => {
      const index = indexOf.get(id)
      if (index === undefined || done.has(id)) return undefined
      if (way.includes(id)) {
        const issue = `A router cannot be its own member: ${[...way.slice(way.indexOf(id)), id].join(" -> ")}`
        return new RoutingError({ path: pathOf(index), issue })
      }
      const found = options.members(routers[index]!)
        .map((member) => follow(member.id, [...way, id]))
        .find((error) => error !== undefined)
      done.add(id)
      return found
    }
    return routers.map(({ id }) => follow(id, [])).find((error) => error !== undefined)
  }

  return Effect.suspend(() => {
    const error = problem()
    if (error !== undefined) return Effect.fail(error)
    const built = new Map(vendors.map((vendor) => [vendor.id, vendor]))

    const get = (id: ProviderId): Effect.Effect<Service, RoutingError, Scope.Scope> =>
      Effect.suspend(() => {
        const existing = built.get(id)
        if (existing !== undefined) return Effect.succeed(existing)
        const index = indexOf.get(id)!
        const router = routers[index]!
        return Effect.forEach(options.members(router), (member) => get(member.id)).pipe(
          Effect.flatMap((members) =>
            Effect.mapError(
              options.build(router, members),
              (error) => isAlone ? error : error.within(pathOf(index))
            )
          ),
          Effect.tap((service) => Effect.sync(() => built.set(id, service)))
        )
      })
    return get(serve)
  })
}
