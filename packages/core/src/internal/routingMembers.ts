import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"
import type { ProviderId } from "../domain/Identifier.ts"
import type { Service } from "../provider/PricingProvider.ts"
import * as ProviderRegistry from "../provider/ProviderRegistry.ts"
import { RoutingError } from "./routingError.ts"

/** A member as a configuration names it, and where. */
export interface Named {
  readonly path: string
  readonly id: ProviderId
}

/** The members of these names, in their order. */
export const resolve = (
  names: ReadonlyArray<Named>,
  members: ReadonlyArray<Service>
): Effect.Effect<NonEmptyReadonlyArray<Service>, RoutingError> =>
  Effect.suspend(() => {
    const byId = new Map(members.map((member) => [member.id, member]))
    const found: Array<Service> = []
    for (const name of names) {
      const member = byId.get(name.id)
      if (member === undefined) return Effect.fail(unknown(name, Array.from(byId.keys())))
      found.push(member)
    }
    return isReadonlyArrayNonEmpty(found)
      ? Effect.succeed(found)
      : Effect.fail(new RoutingError({ path: "", issue: "There is no member" }))
  })

/** A name that no provider has, and the names there are. */
export const unknown = ({ id, path }: Named, known: ReadonlyArray<ProviderId>): RoutingError =>
  new RoutingError({ path, issue: `No provider is named ${id}, there are: ${known.join(", ") || "none"}` })

/**
 * One provider of several, as `ProviderRegistry` makes it: each takes its own impressions and purchases. A vendor that is
 * behind several of them is one origin.
 */
export const together = (
  id: ProviderId,
  members: ReadonlyArray<Service>
): Effect.Effect<Service, RoutingError> =>
  Effect.suspend(() => {
    const taken = new Set<ProviderId>()
    const origins: Array<Service> = []
    for (const origin of members.flatMap(originsOf)) {
      const names = origin.members ?? [origin.id]
      const added = names.filter((name) => !taken.has(name))
      if (added.length === 0) continue
      if (added.length < names.length) {
        const issue = `${origin.id} shares some of its vendors (${names.join(", ")}) with another member`
        return Effect.fail(new RoutingError({ path: "", issue }))
      }
      for (const name of names) taken.add(name)
      origins.push(origin)
    }
    return isReadonlyArrayNonEmpty(origins)
      ? Effect.succeed(ProviderRegistry.make(origins, { id }))
      : Effect.fail(new RoutingError({ path: "", issue: "There is no member" }))
  })

/** Whether this is the provider of that name, or has it behind it. */
export const serves = ({ id, members }: Service, provider: ProviderId): boolean => (members ?? [id]).includes(provider)

/** The vendors of a router, each as it was given; a router behind a policy is taken as it is. */
const originsOf = (member: Service): ReadonlyArray<Service> =>
  member.member === undefined || member.members === undefined
    ? [member]
    : member.members.flatMap((id) => member.member?.(id) ?? [])
