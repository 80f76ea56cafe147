import { BotsiClient, BotsiProvider } from "@priceport/botsi"
import { Effect, Redacted } from "effect"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Fixtures from "../support/fixtures.ts"

export const key = "sk_test.bare-key.Zm9v"

export const base = "https://app.botsi.com/api/v1/web-api"

export const profileId = "0072102a-c00c-4ea5-9271-1b6e975f2d63"

type Replies = readonly [FakeHttp.Reply, ...ReadonlyArray<FakeHttp.Reply>]

/** A client on a vendor that replies so, and what it sent. */
export const client = (...replies: Replies) => {
  const { layer, sent } = FakeHttp.make(...replies)
  return Effect.map(
    Effect.orDie(Effect.provide(BotsiClient.make({ secretKey: Redacted.make(key) }), layer)),
    (client) => ({ client, sent })
  )
}

/** A provider on a vendor that replies so, and what it sent. */
export const provider = (options: Partial<BotsiProvider.Options>, ...replies: Replies) => {
  const { layer, sent } = FakeHttp.make(...replies)
  return Effect.map(
    Effect.orDie(Effect.provide(BotsiProvider.make({ secretKey: Redacted.make(key), ...options }), layer)),
    (provider) => ({ provider, sent })
  )
}

/** The answer of the page "Get Paywall". */
export const referencePaywall = FakeHttp.text(Fixtures.textOf("botsi/get-paywall-response.json"))

/** The answer of the guide. */
export const guidePaywall = FakeHttp.text(Fixtures.textOf("botsi/guide-get-paywall-response.json"))

export const profile = FakeHttp.text(Fixtures.textOf("botsi/guide-create-profile-response.json"))

export const ok = FakeHttp.json({ ok: true })

/** A paywall with these members beside an id. */
export const paywallWith = (data: object) => FakeHttp.json({ ok: true, data: { id: 7, sourceProducts: [], ...data } })

export const request = { placement: "ai-placement-id", customer: { profiles: { botsi: profileId } } }

/** The attribution of a paywall with these members. */
export const attributionOf = (data: object, customer: object = request.customer) =>
  Effect.gen(function*() {
    const { provider: botsi } = yield* provider({}, paywallWith(data))
    const paywall = yield* botsi.getPaywall({ placement: request.placement, customer })
    return paywall.attribution!
  })
