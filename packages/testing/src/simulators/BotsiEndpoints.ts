/**
 * What each endpoint of Botsi's web-api does, over the profiles and the ledger.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Endpoint } from "./Admission.ts"
import * as BotsiAnswer from "./BotsiAnswer.ts"
import * as BotsiCatalogue from "./BotsiCatalogue.ts"
import type { Attribution, BotsiLedger } from "./BotsiLedger.ts"
import * as BotsiProfile from "./BotsiProfile.ts"
import type { BotsiProfiles } from "./BotsiProfiles.ts"
import * as BotsiPurchases from "./BotsiPurchases.ts"
import * as BotsiRequests from "./BotsiRequests.ts"
import * as Refusal from "./Refusal.ts"
import * as Seeded from "./Seeded.ts"
import type { Answer } from "./Vendor.ts"

/** What the endpoints work on. */
export interface World {
  readonly seed: Seeded.Seed
  readonly placements: ReadonlyArray<BotsiCatalogue.Placement>
  readonly profiles: BotsiProfiles
  readonly ledger: BotsiLedger
}

/** All endpoints of the web-api. */
export const make = (world: World): ReadonlyArray<Endpoint<Answer>> => [
  { method: "POST", path: "/profiles", handle: createProfile(world) },
  { method: "POST", path: "/profiles/custom-attributes", handle: addAttribute(world) },
  { method: "PUT", path: "/profiles/custom-attributes", handle: updateAttribute(world) },
  { method: "POST", path: "/profiles/custom-attributes-all", handle: addAttributes(world) },
  { method: "POST", path: "/paywalls", handle: getPaywall(world) },
  { method: "POST", path: "/events", handle: sendEvents(world) },
  { method: "POST", path: "/purchases/apple-store/validate", handle: validateAppStore(world) },
  { method: "POST", path: "/purchases/play-store/validate", handle: validatePlayStore(world) }
]

type Handle = Endpoint<Answer>["handle"]

const createProfile = ({ profiles }: World): Handle =>
  Effect.fnUntraced(function*(body) {
    const request = yield* Refusal.decode(BotsiRequests.CreateProfile)(body)
    const { isNew, profile } = yield* profiles.create(request)
    return { status: isNew ? 201 : 200, body: { ok: true, data: profile } }
  })

const addAttribute = (world: World): Handle =>
  Effect.fnUntraced(function*(body) {
    const request = yield* Refusal.decode(BotsiRequests.AddAttribute)(body)
    const profile = yield* profileOf(world, request)
    const [attribute] = yield* newAttributes(world, profile, [request.custom])
    return { status: 200, body: { ok: true, data: attribute ?? null } }
  })

const addAttributes = (world: World): Handle =>
  Effect.fnUntraced(function*(body) {
    const request = yield* Refusal.decode(BotsiRequests.AddAttributes)(body)
    const profile = yield* profileOf(world, request)
    return { status: 200, body: { ok: true, data: yield* newAttributes(world, profile, request.custom) } }
  })

const updateAttribute = (world: World): Handle =>
  Effect.fnUntraced(function*(body) {
    const request = yield* Refusal.decode(BotsiRequests.UpdateAttribute)(body)
    const profile = yield* profileOf(world, request)
    if (!profile.custom.some(({ id }) => id === request.attrId)) {
      return yield* Refusal.notFound("attrId: this profile has no such attribute")
    }
    const attribute: BotsiProfile.Attribute = { id: request.attrId, ...request.custom }
    world.profiles.put({
      ...profile,
      custom: profile.custom.map((old) => old.id === attribute.id ? attribute : old)
    })
    return { status: 200, body: { ok: true, data: attribute } }
  })

const getPaywall = (world: World): Handle =>
  Effect.fnUntraced(function*(body) {
    const dialect = yield* BotsiRequests.dialectOf(body)
    const request = dialect === "guide"
      ? yield* Refusal.decode(BotsiRequests.GetPaywallOfGuide)(body)
      : yield* Refusal.decode(BotsiRequests.GetPaywall)(body)
    const profile = yield* profileOf(world, request)
    const order = world.placements.findIndex(({ id }) => id === request.placementId)
    const placement = world.placements[order]
    if (placement === undefined) {
      return yield* Refusal.notFound("placementId: the dashboard has no such placement")
    }
    const paywall = yield* BotsiCatalogue.choose(world.seed, placement, order, BotsiProfile.userKey(profile))
    world.ledger.serve(profile.profileId, placement.id, paywall)
    return {
      status: 200,
      body: dialect === "guide"
        ? BotsiAnswer.guide(placement, paywall)
        : BotsiAnswer.reference(placement, paywall)
    }
  })

const sendEvents = (world: World): Handle =>
  Effect.fnUntraced(function*(body) {
    const events = yield* Refusal.decode(BotsiRequests.Events)(body)
    const identities = yield* Effect.forEach(events, BotsiRequests.identityOf)
    const [first] = identities
    if (identities.some(({ kind, value }) => kind !== first?.kind || value !== first.value)) {
      return yield* Refusal.ours(
        "MIXED_IDENTITIES",
        "profileId, customerUserId: all events of a request are one user's"
      )
    }
    const shown = yield* Effect.forEach(events, (event) => attributed(world, event))
    shown.forEach(({ paywall, profile }) => world.ledger.impression(profile.profileId, paywall))
    return { status: 200, body: { ok: true } }
  })

const validateAppStore = (world: World): Handle =>
  Effect.fnUntraced(function*(body) {
    const request = yield* Refusal.decode(BotsiRequests.AppStorePurchase)(body)
    const { paywall, profile } = yield* attributed(world, request)
    return yield* validate(world, profile, paywall, BotsiPurchases.fromAppStore(request, paywall))
  })

const validatePlayStore = (world: World): Handle =>
  Effect.fnUntraced(function*(body) {
    const request = yield* Refusal.decode(BotsiRequests.PlayStorePurchase)(body)
    const sale = yield* BotsiPurchases.fromPlayStore(request)
    const { paywall, profile } = yield* attributed(world, request)
    return yield* validate(world, profile, paywall, sale)
  })

const validate = Effect.fnUntraced(function*(
  { ledger, profiles }: World,
  profile: BotsiProfile.Profile,
  paywall: BotsiCatalogue.ServedPaywall,
  sale: BotsiPurchases.Sale
): Effect.fn.Return<Answer> {
  const now = yield* DateTime.now
  const after = ledger.sale(sale.transaction, paywall.arm, sale) ? BotsiPurchases.credit(profile, sale, now) : profile
  profiles.put(after)
  return { status: 200, body: { ok: true, data: after } }
})

type Identified = { readonly profileId?: string; readonly customerUserId?: string }

const profileOf = (world: World, request: Identified): Effect.Effect<BotsiProfile.Profile, Refusal.Refusal> =>
  Effect.flatMap(BotsiRequests.identityOf(request), world.profiles.find)

const attributed = Effect.fnUntraced(function*(
  world: World,
  request: Identified & Attribution
): Effect.fn.Return<
  { readonly profile: BotsiProfile.Profile; readonly paywall: BotsiCatalogue.ServedPaywall },
  Refusal.Refusal
> {
  const profile = yield* profileOf(world, request)
  return { profile, paywall: yield* world.ledger.served(profile.profileId, request) }
})

const newAttributes = Effect.fnUntraced(function*(
  { profiles, seed }: World,
  profile: BotsiProfile.Profile,
  pairs: ReadonlyArray<{ readonly key: string; readonly value: string }>
): Effect.fn.Return<ReadonlyArray<BotsiProfile.Attribute>> {
  const attributes = yield* Effect.forEach(pairs, ({ key, value }, index) =>
    Effect.map(
      Seeded.shortId(seed, "attribute", profile.profileId, profile.custom.length + index),
      (id) => ({ id, key, value })
    ))
  profiles.put({ ...profile, custom: [...profile.custom, ...attributes] })
  return attributes
})
