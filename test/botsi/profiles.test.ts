import { assert, describe, it } from "@effect/vitest"
import type { Customer } from "@priceport/core"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as FakeHttp from "../support/FakeHttp.ts"
import * as Fixtures from "../support/fixtures.ts"
import * as Botsi from "./Botsi.ts"

const facts = { country: "US", device: "Iphone 15", os: "ios 15.0.2", platform: "ios", appVersion: "2.3.4" } as const

describe("Botsi createProfile", () => {
  it.effect("is the example of the guide", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.profile)
      const example = Fixtures.jsonOf("botsi/guide-create-profile-request.json")
      const profile = yield* client.createProfile(example)
      assert.strictEqual(sent[0]?.method, "POST")
      assert.strictEqual(sent[0]?.url, `${Botsi.base}/profiles`)
      assert.strictEqual(sent[0]?.headers["authorization"], Botsi.key)
      assert.deepStrictEqual(sent[0]?.body, example)
      assert.deepStrictEqual(profile, Fixtures.jsonOf("botsi/guide-create-profile-response.json").data)
    }))

  it.effect("needs only the five required members, and sends no others", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.profile)
      yield* client.createProfile({ ...facts, customerUserId: undefined })
      assert.deepStrictEqual(sent[0]?.body, facts)
    }))

  it.effect("201 is success too, and nulls stay null", () =>
    Effect.gen(function*() {
      const body = Fixtures.textOf("botsi/guide-create-profile-response-template.json")
      const { client } = yield* Botsi.client(FakeHttp.text(body, { status: 201 }))
      const profile = yield* client.createProfile(facts)
      assert.isNull(profile["createdAt"])
      assert.isNull(profile["linkedProfileIds"])
      assert.strictEqual(profile["totalRevenueUsd"], 0)
      assert.deepStrictEqual(profile["accessLevels"], {})
    }))

  it.effect("keeps what it does not know", () =>
    Effect.gen(function*() {
      const { client } = yield* Botsi.client(FakeHttp.json({ ok: true, data: { profileId: "p", someday: [1] } }))
      assert.deepStrictEqual(yield* client.createProfile(facts), { profileId: "p", someday: [1] })
    }))

  it.effect.each([
    ...["iOS", "web", "", null, undefined].map((platform) => ({ field: "platform", change: { platform } })),
    { field: "country", change: { country: undefined } },
    { field: "country", change: { country: "USA" } },
    { field: "device", change: { device: undefined } },
    { field: "os", change: { os: "" } },
    { field: "appVersion", change: { appVersion: undefined } },
    { field: "appVersion", change: { appVersion: 2 } },
    { field: "ip", change: { ip: "123.123.123.1234" } },
    { field: "profileId", change: { profileId: "p" } },
    { field: "timezone", change: { timezone: "UTC" } }
  ])("refuses $change and names $field", ({ change, field }) =>
    Effect.gen(function*() {
      const { client, sent } = yield* Botsi.client(Botsi.profile)
      const error = yield* Effect.flip(client.createProfile({ ...facts, ...change } as never))
      assert.deepInclude(error.reason, { _tag: "InvalidRequest", field })
      assert.strictEqual(error.operation, "createProfile")
      assert.isEmpty(sent)
    }))

  it.effect("removes what tells who the customer is from error texts", () =>
    Effect.gen(function*() {
      const personal = {
        customerUserId: "user-id-1",
        email: "a@mail.test",
        phone: "+123456789",
        username: "the-username",
        ip: "123.123.123.123",
        idfa: "the-idfa-1",
        advertisingId: "the-adid-1"
      }
      const { client } = yield* Botsi.client(
        FakeHttp.json({ error: Object.values(personal).join(" "), code: "X" }, 422)
      )
      const error = yield* Effect.flip(client.createProfile({ ...facts, ...personal }))
      assert.deepInclude(error.reason, { detail: Object.values(personal).map(() => "[redacted]").join(" ") })
    }))
})

const customer = {
  id: "user-123",
  country: "US",
  device: { model: "Iphone 15", os: "ios 15.0.2" },
  platform: "ios",
  appVersion: "2.3.4"
} as const satisfies Customer.Customer

const request = { placement: "ai-placement-id", customer }

const missing = FakeHttp.json({ error: "Unknown customer user-123", code: "not_found" }, 404)

const never = FakeHttp.silence

const after = (ms: number, reply: FakeHttp.Reply): FakeHttp.Reply => (sent, raw) =>
  Effect.delay(Effect.suspend(() => reply(sent, raw) as Effect.Effect<Response>), ms)

const soon = (body: Response | (() => Response)): FakeHttp.Reply => () =>
  Effect.sync(() => typeof body === "function" ? body() : body)

const created = soon(() => Response.json({ ok: true, data: { profileId: "p-1" } }, { status: 201 }))

const paths = (sent: ReadonlyArray<FakeHttp.Sent>) => sent.map(({ url }) => url.slice(Botsi.base.length))

/** A Botsi where a customer exists once it was created. */
const world = (createProfile: FakeHttp.Reply = created) => {
  const known = new Set<unknown>()
  const reply: FakeHttp.Reply = (sent, raw) => {
    const { customerUserId } = sent.body as { readonly customerUserId: string }
    if (sent.url.endsWith("/paywalls")) {
      return known.has(customerUserId) ? Botsi.referencePaywall(sent, raw) : missing(sent, raw)
    }
    const answer = createProfile(sent, raw)
    return Effect.tap(answer instanceof Response ? Effect.succeed(answer) : answer, (response) =>
      Effect.sync(() => {
        if (response.ok) known.add(customerUserId)
      }))
  }
  return { reply, known }
}

describe("Botsi profiles: ensure", () => {
  it.effect("asks, creates the missing profile, and asks once more", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, world().reply)
      const paywall = yield* provider.getPaywall(request)
      assert.strictEqual(paywall.id, "42")
      assert.deepStrictEqual(paths(sent), ["/paywalls", "/profiles", "/paywalls"])
      assert.deepStrictEqual(sent[1]?.body, { ...facts, customerUserId: "user-123" })
      assert.deepStrictEqual(sent[2]?.body, sent[0]?.body)
      assert.deepStrictEqual(paywall.attribution?.subject, { kind: "customerUserId", value: "user-123" })
    }))

  it.effect("tells locale and address where they are known", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, world().reply)
      yield* provider.getPaywall({ ...request, customer: { ...customer, locale: "en", ip: "1.2.3.4" } })
      assert.deepInclude(sent[1]?.body as object, { locale: "en", ip: "1.2.3.4" })
    }))

  it.effect("asks once where the profile exists", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, Botsi.referencePaywall)
      yield* provider.getPaywall(request)
      assert.deepStrictEqual(paths(sent), ["/paywalls"])
    }))

  it.effect("without it a missing profile is NotFound, and nothing is created", () =>
    Effect.gen(function*() {
      for (const profiles of [undefined, "existing"] as const) {
        const { provider, sent } = yield* Botsi.provider({ profiles }, world().reply)
        const error = yield* Effect.flip(provider.getPaywall(request))
        assert.strictEqual(error.reason._tag, "NotFound")
        assert.deepStrictEqual(paths(sent), ["/paywalls"])
      }
    }))

  it.effect("a customer who still is missing after that is NotFound: it does not go round", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, missing, created, missing, missing)
      const error = yield* Effect.flip(provider.getPaywall(request))
      assert.strictEqual(error.reason._tag, "NotFound")
      assert.deepStrictEqual(paths(sent), ["/paywalls", "/profiles", "/paywalls"])
    }))

  it.effect("does not create a second profile for a customer it created", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, missing, created, missing)
      yield* Effect.flip(provider.getPaywall(request))
      yield* Effect.flip(provider.getPaywall({ ...request, customer: { ...customer, appVersion: "3.0.0" } }))
      assert.lengthOf(paths(sent).filter((path) => path === "/profiles"), 1)
    }))

  it.effect("a customer whom Botsi named itself is never created", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, missing)
      const named = { ...customer, profiles: { botsi: "p-1" } }
      const error = yield* Effect.flip(provider.getPaywall({ ...request, customer: named }))
      assert.strictEqual(error.reason._tag, "NotFound")
      assert.deepStrictEqual(paths(sent), ["/paywalls"])
    }))

  it.effect.each([
    { fact: "country", change: { country: undefined } },
    { fact: "device.model", change: { device: { os: "ios 15.0.2" } } },
    { fact: "device.os", change: { device: { model: "Iphone 15" } } },
    { fact: "platform", change: { platform: undefined } },
    { fact: "appVersion", change: { appVersion: undefined } }
  ])(
    "without $fact nothing is created, and the error says what is needed",
    ({ change, fact }) =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, missing)
        const error = yield* Effect.flip(provider.getPaywall({ ...request, customer: { ...customer, ...change } }))
        assert.strictEqual(error.reason._tag, "NotFound")
        assert.include(error.message, fact)
        assert.deepStrictEqual(paths(sent), ["/paywalls"])
      })
  )

  it.effect("the hint stays within the 300 characters of a detail", () =>
    Effect.gen(function*() {
      const long = FakeHttp.json({ error: "x".repeat(400), code: "not_found" }, 404)
      const { provider } = yield* Botsi.provider({ profiles: "ensure" }, long)
      const error = yield* Effect.flip(provider.getPaywall({ ...request, customer: { id: "u" } }))
      assert.isAtMost((error.reason as { readonly detail: string }).detail.length, 300)
    }))

  describe("when creating fails", () => {
    it.effect.each([
      { status: 400, tag: "Rejected" },
      { status: 401, tag: "Unauthorized" },
      { status: 403, tag: "Forbidden" },
      { status: 422, tag: "Rejected" },
      { status: 429, tag: "RateLimited" }
    ])(
      "with $status it is a $tag of getPaywall, and may be tried again by a later call",
      ({ status, tag }) =>
        Effect.gen(function*() {
          const refused = FakeHttp.json({ error: "no", code: "X" }, status)
          const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, missing, refused, missing, created)
          const error = yield* Effect.flip(provider.getPaywall(request))
          assert.strictEqual(error.reason._tag, tag)
          assert.deepInclude(error, { provider: "botsi", operation: "getPaywall" })
          yield* Effect.exit(provider.getPaywall(request))
          assert.deepStrictEqual(paths(sent).filter((path) => path === "/profiles"), ["/profiles", "/profiles"])
        })
    )

    it.effect.each([
      { why: "500", reply: FakeHttp.json({}, 500) },
      { why: "502", reply: FakeHttp.json({}, 502) },
      { why: "503", reply: FakeHttp.json({}, 503) },
      { why: "504", reply: FakeHttp.json({}, 504) },
      { why: "408", reply: FakeHttp.json({}, 408) },
      { why: "520, a proxy's unknown error", reply: FakeHttp.json({}, 520) },
      { why: "524, a proxy's timeout", reply: FakeHttp.json({}, 524) },
      { why: "a reset connection", reply: FakeHttp.broken({ code: "ECONNRESET" }) },
      { why: "an answer that cannot be read", reply: FakeHttp.text("<html>") },
      { why: "an answer without a profile", reply: FakeHttp.json({ ok: true }) }
    ])("with $why the profile may exist, and creating it is never repeated", ({ reply }) =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, missing, reply, missing)
        for (const _ of [1, 2, 3]) yield* Effect.exit(provider.getPaywall(request))
        assert.lengthOf(paths(sent).filter((path) => path === "/profiles"), 1)
      }))

    it.effect("and the connection was refused, nothing was sent, and a later call tries again", () =>
      Effect.gen(function*() {
        const refused = FakeHttp.broken({ code: "ECONNREFUSED" })
        const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, missing, refused, missing, created)
        const error = yield* Effect.flip(provider.getPaywall(request))
        assert.deepInclude(error.reason, { _tag: "Transport", sent: "no" })
        yield* Effect.exit(provider.getPaywall(request))
        assert.lengthOf(paths(sent).filter((path) => path === "/profiles"), 2)
      }))

    it.effect("although the profile exists, a later call finds it", () =>
      Effect.gen(function*() {
        const { provider } = yield* Botsi.provider(
          { profiles: "ensure" },
          missing,
          FakeHttp.json({}, 500),
          Botsi.referencePaywall
        )
        yield* Effect.exit(provider.getPaywall(request))
        assert.strictEqual((yield* provider.getPaywall(request)).id, "42")
      }))
  })

  describe("time", () => {
    it.effect("the whole dance has the one budget of the call", () =>
      Effect.gen(function*() {
        const { provider } = yield* Botsi.provider(
          { profiles: "ensure" },
          after(1_000, soon(() => Response.json({}, { status: 404 }))),
          after(1_000, created),
          never
        )
        const fiber = yield* Effect.forkChild(Effect.flip(provider.getPaywall(request)))
        yield* TestClock.adjust("1 second")
        yield* TestClock.adjust("1 second")
        yield* TestClock.adjust("999 millis")
        assert.isUndefined(fiber.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        assert.deepInclude((yield* Fiber.join(fiber)).reason, { _tag: "Timeout", limitMs: 3_000 })
      }))

    it.effect("callers at the same time share one creation", () =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, world(after(500, created)).reply)
        const fibers = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(provider.getPaywall(request)))
        yield* TestClock.adjust("500 millis")
        for (const fiber of fibers) assert.strictEqual((yield* Fiber.join(fiber)).id, "42")
        assert.lengthOf(paths(sent).filter((path) => path === "/profiles"), 1)
      }))

    it.effect("two customers have two creations", () =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, world(after(500, created)).reply)
        const fibers = yield* Effect.forEach(
          ["a", "b"],
          (id) => Effect.forkChild(provider.getPaywall({ ...request, customer: { ...customer, id } }))
        )
        yield* TestClock.adjust("500 millis")
        const subjects = yield* Effect.forEach(fibers, (fiber) =>
          Effect.map(Fiber.join(fiber), (_) => _.attribution?.subject.value))
        assert.deepStrictEqual(subjects, ["a", "b"])
        assert.lengthOf(
          paths(sent).filter((path) =>
            path === "/profiles"
          ),
          2
        )
      }))

    it.effect("a creation outlives the caller who started it, and serves the next ones", () =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, world(after(500, created)).reply)
        const first = yield* Effect.forkChild(provider.getPaywall(request))
        yield* TestClock.adjust("100 millis")
        const second = yield* Effect.forkChild(provider.getPaywall(request))
        yield* TestClock.adjust("100 millis")
        yield* Fiber.interrupt(first)
        yield* TestClock.adjust("300 millis")
        assert.strictEqual((yield* Fiber.join(second)).id, "42")
        assert.lengthOf(paths(sent).filter((path) => path === "/profiles"), 1)
      }))

    it.effect("a caller who gives up alone leaves no second creation behind", () =>
      Effect.gen(function*() {
        const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, world(after(500, created)).reply)
        const first = yield* Effect.forkChild(Effect.exit(provider.getPaywall(request, { timeout: 200 })))
        yield* TestClock.adjust("200 millis")
        yield* Fiber.join(first)
        const second = yield* Effect.forkChild(Effect.exit(provider.getPaywall(request)))
        yield* TestClock.adjust("3 seconds")
        yield* Fiber.join(second)
        assert.lengthOf(paths(sent).filter((path) => path === "/profiles"), 1)
      }))

    it.effect("a refusal that nobody waited for is no later caller's failure", () =>
      Effect.gen(function*() {
        const refused = after(500, soon(() => Response.json({ error: "busy", code: "X" }, { status: 429 })))
        const { provider, sent } = yield* Botsi.provider(
          { profiles: "ensure" },
          missing,
          refused,
          missing,
          created,
          Botsi.referencePaywall
        )
        const first = yield* Effect.forkChild(Effect.exit(provider.getPaywall(request, { timeout: 200 })))
        yield* TestClock.adjust("200 millis")
        yield* Fiber.join(first)
        yield* TestClock.adjust("1 hour")
        assert.strictEqual((yield* provider.getPaywall(request)).id, "42")
        assert.lengthOf(paths(sent).filter((path) => path === "/profiles"), 2)
      }))

    it.effect("a defect while creating is no later caller's defect", () =>
      Effect.gen(function*() {
        const bug: FakeHttp.Reply = () => Effect.die("bug")
        const { provider } = yield* Botsi.provider({ profiles: "ensure" }, missing, bug, missing, created, missing)
        yield* Effect.exit(provider.getPaywall(request))
        const error = yield* Effect.flip(provider.getPaywall(request))
        assert.strictEqual(error.reason._tag, "NotFound")
      }))

    it.effect("a creation that hangs holds callers no longer than their budgets, and ends after 10 seconds", () =>
      Effect.gen(function*() {
        let interrupted = false
        const hanging: FakeHttp.Reply = () =>
          Effect.onInterrupt(Effect.never, () =>
            Effect.sync(() => {
              interrupted = true
            }))
        const { provider } = yield* Botsi.provider({ profiles: "ensure" }, world(hanging).reply)
        const first = yield* Effect.forkChild(Effect.flip(provider.getPaywall(request)))
        yield* TestClock.adjust("3 seconds")
        assert.strictEqual((yield* Fiber.join(first)).reason._tag, "Timeout")
        yield* TestClock.adjust("7 seconds")
        assert.isTrue(interrupted)
        const later = yield* Effect.forkChild(Effect.flip(provider.getPaywall(request)))
        yield* TestClock.adjust("3 seconds")
        assert.strictEqual((yield* Fiber.join(later)).reason._tag, "NotFound")
      }))
  })

  it.effect("ids of any shape are told apart", () =>
    Effect.gen(function*() {
      const { provider, sent } = yield* Botsi.provider({ profiles: "ensure" }, world().reply)
      const ids = ["__proto__", "constructor", "a", "A", "a ", "\ud800", "Aa", "BB"]
      for (const id of ids) yield* provider.getPaywall({ ...request, customer: { ...customer, id } })
      assert.lengthOf(paths(sent).filter((path) => path === "/profiles"), ids.length)
    }))
})
