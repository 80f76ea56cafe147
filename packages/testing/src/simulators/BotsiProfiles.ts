/**
 * The profiles a Botsi simulator knows.
 *
 * A profile is one user whichever of its two ids a request names.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { type CreateBody, factsOf, nobody, type Profile } from "./BotsiProfile.ts"
import type { Identity } from "./BotsiRequests.ts"
import * as Refusal from "./Refusal.ts"
import * as Seeded from "./Seeded.ts"

/** The profiles, by either id. */
export interface BotsiProfiles {
  readonly all: () => ReadonlyArray<Profile>
  /** The profile, or 404. */
  readonly find: (identity: Identity) => Effect.Effect<Profile, Refusal.Refusal>
  /** A new profile; `isNew` is false for a customerUserId that has one, which then takes over the facts. */
  readonly create: (
    body: CreateBody
  ) => Effect.Effect<{ readonly profile: Profile; readonly isNew: boolean }>
  /** Replaces the profile of the same id. */
  readonly put: (profile: Profile) => void
}

/** No profiles yet. `implicit` creates one for every customerUserId that is asked for. */
export const make = (seed: Seeded.Seed, mode: "required" | "implicit"): BotsiProfiles => {
  const byId = new Map<string, Profile>()
  const idOfCustomer = new Map<string, string>()

  const ofCustomer = (customerUserId: string | undefined) => byId.get(idOfCustomer.get(customerUserId ?? "") ?? "")

  const put = (profile: Profile) => {
    byId.set(profile.profileId, profile)
    if (profile.customerUserId !== null) {
      idOfCustomer.set(profile.customerUserId, profile.profileId)
    }
  }

  const create: BotsiProfiles["create"] = Effect.fnUntraced(function*(body) {
    const existing = ofCustomer(body.customerUserId)
    const fresh = existing ?? {
      ...nobody,
      profileId: body.profileId ?? (yield* Seeded.uuid(seed, "profile", body.customerUserId ?? byId.size)),
      customerUserId: body.customerUserId ?? null,
      createdDate: DateTime.formatIso(yield* DateTime.now)
    }
    const profile = { ...fresh, ...factsOf(body, fresh) }
    put(profile)
    return { profile, isNew: existing === undefined }
  })

  return {
    all: () => [...byId.values()],
    find: ({ kind, value }) => {
      const profile = kind === "profileId" ? byId.get(value) : ofCustomer(value)
      if (profile !== undefined) {
        return Effect.succeed(profile)
      }
      return mode === "implicit" && kind === "customerUserId"
        ? Effect.map(create({ customerUserId: value }), ({ profile }) => profile)
        : Effect.fail(Refusal.notFound(`${kind}: no profile has this one`))
    },
    create,
    put
  }
}
