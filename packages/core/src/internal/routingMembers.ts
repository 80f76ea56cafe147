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
 * behind several of them is the first one's.
 */
export const together = (
  id: ProviderId,
  members: ReadonlyArray<Service>
): Effect.Effect<Service, RoutingError> =>
  Effect.suspend(() => {
    const taken = new Set<ProviderId>()
    const origins: Array<Service> = []
    for (const member of members) {
      const added = (member.members ?? [member.id]).filter((name) => !taken.has(name))
      if (added.length === 0) continue
      for (const name of added) taken.add(name)
      origins.push(member.members === undefined ? member : { ...member, members: added })
    }
    return isReadonlyArrayNonEmpty(origins)
      ? Effect.succeed(ProviderRegistry.make(origins, { id }))
      : Effect.fail(new RoutingError({ path: "", issue: "There is no member" }))
  })

/** Whether this is the provider of that name, or has it behind it. */
export const serves = ({ id, members }: Service, provider: ProviderId): boolean => (members ?? [id]).includes(provider)
