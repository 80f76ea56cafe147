import { assert, describe, it } from "@effect/vitest"
import { FallbackBundle, PricingError, type PricingProvider } from "@priceport/core"
import * as Failover from "@priceport/core/routing/Failover"
import * as ShownPrices from "@priceport/core/routing/ShownPrices"
import { Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Unseen } from "../../../packages/core/src/internal/routingAhead.ts"
import * as Vendors from "./Vendors.ts"

const { from, summaryOf } = Vendors

/** Two vendors, `a` before `b`, as they are. */
const plain = Effect.fnUntraced(function*(options: Partial<Failover.Config> = {}) {
  const [a, b] = [Vendors.make("a"), Vendors.make("b")]
  const config: Failover.Config = { _tag: "Failover", id: "a-or-b", members: ["a", "b"], ...options }
  const provider = yield* Failover.make(config, [a.provider, b.provider])
  return { a, b, provider }
})

/** Two hardened vendors, `a` before `b`. */
const hardened = Effect.fnUntraced(function*(
  config: Partial<Failover.Config> = {},
  policy: Parameters<typeof Vendors.harden>[1] = {},
  options: Failover.Options = {}
) {
  const [a, b] = [Vendors.make("a"), Vendors.make("b")]
  const members = [yield* Vendors.harden(a, policy), yield* Vendors.harden(b)]
  const named: Failover.Config = { _tag: "Failover", id: "a-or-b", members: ["a", "b"], ...config }
  return { a, b, provider: yield* Failover.make(named, members, options) }
})

/** A bundle of one vendor's paywall. */
const bundleOf = Effect.fnUntraced(function*(vendor: string) {
  const paywall = yield* Vendors.make(vendor).provider.getPaywall(from("sample"))
  const text = FallbackBundle.toText(FallbackBundle.fromPaywalls([{ paywall }]))
  return yield* FallbackBundle.load(text, { file: `${vendor}.json` })
})

const served = (provider: PricingProvider.Service, id: string) => Effect.map(provider.getPaywall(from(id)), summaryOf)

describe("Failover", () => {
  it.effect("is the first member's own answer as long as that is well", () =>
    Effect.gen(function*() {
      const { a, b, provider } = yield* plain()
      assert.deepStrictEqual(yield* served(provider, "ada"), { provider: "a", source: "live", attempts: ["a ok"] })
      assert.lengthOf(a.calls, 1)
      assert.lengthOf(b.calls, 0)
    }))

  const outages: ReadonlyArray<PricingError.Reason> = [
    new PricingError.Transport({ detail: "reset", sent: "maybe" }),
    new PricingError.Timeout({ limitMs: 100 }),
    Vendors.unavailable,
    new PricingError.RateLimited({}),
    new PricingError.CircuitOpen({}),
    new PricingError.InvalidResponse({ path: "", detail: "no paywall" }),
    new PricingError.Unauthorized({ status: 401 }),
    new PricingError.Forbidden({ status: 403 }),
    new PricingError.NotFound({ status: 404 })
  ]

  it.effect.each(outages)(
    "moves on after $_tag, and says for whom the next one stands in",
    (reason) =>
      Effect.gen(function*() {
        const { a, provider } = yield* plain()
        a.behaviour = Effect.fail(reason)
        const { attempts, ...answer } = yield* served(provider, "ada")
        assert.deepStrictEqual(answer, { provider: "b", source: "live", standbyFor: "a" })
        assert.deepStrictEqual(attempts, [...(reason._tag === "CircuitOpen" ? [] : [`a ${reason._tag}`]), "b ok"])
      })
  )

  const refusals: ReadonlyArray<PricingError.Reason> = [
    Vendors.refusal,
    new PricingError.Rejected({ status: 400, detail: "no" }),
    new PricingError.InvalidRequest({ field: "customer", issue: "nobody" }),
    new PricingError.Unsupported({ capability: "prefetch" })
  ]

  it.effect.each(refusals)("does not hide $_tag of the first member", (reason) =>
    Effect.gen(function*() {
      const { a, b, provider } = yield* plain()
      a.behaviour = Effect.fail(reason)
      const error = yield* Effect.flip(provider.getPaywall(from("ada")))
      assert.deepStrictEqual(error.reason, reason)
      assert.strictEqual(error.provider, "a")
      assert.lengthOf(b.calls, 0)
    }))

  it.effect("fails with the first member's error when all are ill, and the attempts of all", () =>
    Effect.gen(function*() {
      const { a, b, provider } = yield* plain()
      a.behaviour = Vendors.down
      b.behaviour = Effect.fail(Vendors.refusal)
      const error = yield* Effect.flip(provider.getPaywall(from("ada")))
      assert.strictEqual(error.provider, "a")
      assert.deepStrictEqual(error.reason, Vendors.unavailable)
      assert.deepStrictEqual(error.attempts.map(({ outcome, provider }) => [provider, outcome]), [
        ["a", "Unavailable"],
        ["b", "NotFound"]
      ])
    }))

  it.effect("sends nothing for a request that is wrong", () =>
    Effect.gen(function*() {
      const { a, b, provider } = yield* plain()
      const customers = [null, [], { id: 42 }, { id: null }, { id: "ada", profiles: null }, { id: Symbol("ada") }, {
        profiles: { a: Symbol("p") }
      }, {
        id: "ada",
        country: 1
      }]
      const wrong = customers.map((customer) => ({ ...from("ada"), customer }))
      for (const request of [...wrong, { ...from("ada"), enrol: false }, undefined, null, "ada"]) {
        const error = yield* Effect.flip(provider.getPaywall(request as never))
        assert.strictEqual(error.reason._tag, "InvalidRequest")
      }
      const late = yield* Effect.flip(provider.getPaywall(from("ada"), { timeout: "soon" as never }))
      assert.strictEqual(late.reason._tag, "InvalidRequest")
      assert.lengthOf([...a.calls, ...b.calls], 0)
    }))

  it.effect("leaves the next member a third of the time when the first is silent", () =>
    Effect.gen(function*() {
      const { a, b, provider } = yield* plain()
      a.behaviour = Effect.never
      const waiting = yield* Effect.forkChild(provider.getPaywall(from("ada"), { timeout: "900 millis" }))
      yield* TestClock.adjust("600 millis")
      assert.deepStrictEqual(summaryOf(yield* Fiber.join(waiting)).attempts, ["a Timeout", "b ok"])

      b.behaviour = Effect.never
      const failing = yield* Effect.forkChild(
        Effect.timed(Effect.flip(provider.getPaywall(from("grace"), { timeout: "900 millis" })))
      )
      yield* TestClock.adjust("900 millis")
      const [elapsed, { attempts }] = yield* Fiber.join(failing)
      assert.strictEqual(Duration.toMillis(elapsed), 900)
      assert.deepStrictEqual(attempts.map(({ ms, provider }) => [provider, ms]), [["a", 600], ["b", 300]])
    }))

  it.effect("sends impressions and purchases to who served the paywall", () =>
    Effect.gen(function*() {
      const { a, b, provider } = yield* plain()
      const before = yield* provider.getPaywall(from("ada"))
      a.behaviour = Vendors.down
      const after = yield* provider.getPaywall(from("grace"))
      yield* provider.recordImpression(before)
      yield* provider.recordImpression(after)
      assert.deepStrictEqual(a.reported, ["getPaywall", "getPaywall", "recordImpression"])
      assert.deepStrictEqual(b.reported, ["getPaywall", "recordImpression"])
    }))
})

describe("Failover, for a customer who has seen prices", () => {
  it.effect("keeps them out of the vendor's memory while the vendor is down", () =>
    Effect.gen(function*() {
      const { a, b, provider } = yield* hardened()
      yield* served(provider, "ada")
      a.behaviour = Vendors.down
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(yield* served(provider, "ada"), {
        provider: "a",
        source: "stale",
        standbyFor: "a",
        attempts: ["a Unavailable"]
      })
      assert.lengthOf(b.calls, 0)
      const newcomer = yield* served(provider, "grace")
      assert.deepInclude(newcomer, { provider: "b", source: "live", standbyFor: "a" })
      assert.notProperty(newcomer, "repriced")
    }))

  const bundles = {
    "that it was given": { own: false },
    "that the member has of its own": { own: true }
  }

  it.effect.each(Object.entries(bundles))(
    "keeps them in the vendor's bundle %s when its memory has none",
    ([, { own }]) =>
      Effect.gen(function*() {
        const fallback = { bundle: yield* bundleOf("a") }
        const { a, b, provider } = yield* hardened(
          {},
          { cache: { staleIfError: 0 }, ...(own && { fallback }) },
          { bundled: own ? {} : { a: fallback } }
        )
        yield* served(provider, "ada")
        a.behaviour = Vendors.down
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(yield* served(provider, "ada"), {
          provider: "a",
          source: "bundled",
          standbyFor: "a",
          attempts: ["a Unavailable"]
        })
        assert.lengthOf(b.calls, 0)
        assert.deepStrictEqual(yield* served(provider, "grace"), {
          provider: "b",
          source: "live",
          standbyFor: "a",
          attempts: ["a Unavailable", "b ok"]
        })

        // The last resort, marked for those who have seen others.
        b.behaviour = Vendors.down
        yield* TestClock.adjust("1 hour")
        const last: ReturnType<typeof summaryOf> = {
          provider: "a",
          source: "bundled",
          standbyFor: "a",
          attempts: ["a Unavailable", "b Unavailable"]
        }
        assert.deepStrictEqual(yield* served(provider, "alan"), last)
        yield* TestClock.adjust("1 day")
        assert.deepInclude(yield* served(provider, "grace"), { provider: "a", source: "bundled", repriced: true })
      })
  )

  it.effect("does not hide a refusal behind a bundle", () =>
    Effect.gen(function*() {
      const { a, provider } = yield* hardened({}, {}, { bundled: { a: { bundle: yield* bundleOf("a") } } })
      a.behaviour = Effect.fail(Vendors.refusal)
      const error = yield* Effect.flip(provider.getPaywall(from("ada")))
      assert.deepStrictEqual(error.reason, Vendors.refusal)
    }))

  it.effect("marks other prices where nothing of the vendor's is left", () =>
    Effect.gen(function*() {
      const { a, provider } = yield* plain()
      yield* served(provider, "ada")
      a.behaviour = Vendors.down
      assert.deepInclude(yield* served(provider, "ada"), { provider: "b", standbyFor: "a", repriced: true })
      // These are the customer's prices now.
      assert.notProperty(yield* served(provider, "ada"), "repriced")
      a.behaviour = Effect.void
      assert.deepInclude(yield* served(provider, "ada"), { provider: "b", standbyFor: "a" })
    }))

  it.effect("fails rather than show others, where that is the policy", () =>
    Effect.gen(function*() {
      const { a, b, provider } = yield* plain({ whenShown: "keepOnly" })
      yield* served(provider, "ada")
      a.behaviour = Vendors.down
      const error = yield* Effect.flip(provider.getPaywall(from("ada")))
      assert.deepStrictEqual(error.reason, Vendors.unavailable)
      assert.lengthOf(b.calls, 0)
      assert.deepInclude(yield* served(provider, "grace"), { provider: "b" })
    }))

  it.effect("goes by the order of the members and marks it, where that is the policy", () =>
    Effect.gen(function*() {
      const { a, provider } = yield* plain({ whenShown: "reprice" })
      a.behaviour = Vendors.down
      assert.notProperty(yield* served(provider, "ada"), "repriced")
      a.behaviour = Effect.void
      assert.deepStrictEqual(yield* served(provider, "ada"), {
        provider: "a",
        source: "live",
        repriced: true,
        attempts: ["a ok"]
      })
    }))

  it.effect("asks the others when a standby that was kept refuses now", () =>
    Effect.gen(function*() {
      const { a, b, provider } = yield* plain()
      a.behaviour = Vendors.down
      yield* served(provider, "ada")
      a.behaviour = Effect.void
      b.behaviour = Effect.fail(Vendors.refusal)
      assert.deepInclude(yield* served(provider, "ada"), { provider: "a", repriced: true })
    }))

  it.effect("knows them by the profile they had before they logged in, and by the address of those without a name", () =>
    Effect.gen(function*() {
      const { a, provider } = yield* plain()
      const anonymous = { profiles: { a: "p-1" } }
      yield* provider.getPaywall({ placement: "onboarding", customer: anonymous })
      yield* provider.getPaywall({ placement: "onboarding", customer: { ip: "203.0.113.42" } })
      a.behaviour = Vendors.down
      for (const customer of [{ id: "ada", ...anonymous }, { ip: "203.0.113.42" }]) {
        const paywall = yield* provider.getPaywall({ placement: "onboarding", customer })
        assert.isTrue(paywall.provenance.repriced)
      }
      // Known under the id by now, and another placement is another price.
      assert.notProperty(yield* served(provider, "ada"), "repriced")
      const elsewhere = yield* provider.getPaywall(from("ada", "settings"))
      assert.isUndefined(elsewhere.provenance.repriced)
    }))

  it.effect("knows what another process remembers", () =>
    Effect.gen(function*() {
      const store = ShownPrices.makeMemory()
      yield* store.put("ada", "onboarding", "b")
      const { provider } = yield* Effect.provideService(plain(), ShownPrices.ShownPrices, store)
      assert.deepInclude(yield* served(provider, "ada"), { provider: "b", standbyFor: "a" })
      yield* served(provider, "grace")
      assert.strictEqual(yield* store.get("grace", "onboarding"), "a")
    }))

  it.effect("remembers nothing of an answer that nobody is shown", () =>
    Effect.gen(function*() {
      const store = ShownPrices.makeMemory()
      const { provider } = yield* Effect.provideService(plain(), ShownPrices.ShownPrices, store)
      yield* Effect.provideService(served(provider, "ada"), Unseen, true)
      assert.isUndefined(yield* store.get("ada", "onboarding"))
      yield* served(provider, "ada")
      assert.strictEqual(yield* store.get("ada", "onboarding"), "a")
    }))

  it.effect("remembers so many, those asked for last", () =>
    Effect.gen(function*() {
      const store = ShownPrices.makeMemory({ maxEntries: 2 })
      for (const name of ["ada", "grace"]) yield* store.put(name, "onboarding", "a")
      yield* store.get("ada", "onboarding")
      yield* store.put("alan", "onboarding", "a")
      assert.deepStrictEqual(
        yield* Effect.forEach(["ada", "grace", "alan"], (name) => store.get(name, "onboarding")),
        ["a", undefined, "a"]
      )
      assert.throws(() => ShownPrices.makeMemory({ maxEntries: 0 }), RangeError)
    }))
})

describe("Failover, to a member that is ill", () => {
  it.effect("sends probes only, once its circuit is open", () =>
    Effect.gen(function*() {
      const { a, provider } = yield* hardened()
      a.behaviour = Vendors.down
      for (let customer = 0; customer < 100; customer++) yield* served(provider, `before-${customer}`)
      assert.lengthOf(a.calls, 5)
      yield* TestClock.adjust("5 seconds")
      for (let customer = 0; customer < 100; customer++) yield* served(provider, `after-${customer}`)
      assert.lengthOf(a.calls, 6)
    }))

  it.effect("waits as long as the vendor asks to, which is longer than its circuit is open", () =>
    Effect.gen(function*() {
      const { a, provider } = yield* hardened()
      a.behaviour = Effect.fail(new PricingError.RateLimited({ retryAfterMs: 60_000 }))
      yield* served(provider, "ada")
      a.behaviour = Effect.void
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual((yield* served(provider, "grace")).provider, "b")
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* served(provider, "alan")).provider, "a")
      assert.lengthOf(a.calls, 2)
    }))

  it.effect("passes it by for its own cooldown, and lets one caller find out whether it is back", () =>
    Effect.gen(function*() {
      const { a, provider } = yield* plain({ cooldownMs: 30_000 })
      a.behaviour = Vendors.down
      for (const id of ["1", "2", "3"]) yield* served(provider, id)
      assert.lengthOf(a.calls, 1)
      yield* TestClock.adjust("30 seconds")
      a.behaviour = Effect.andThen(Effect.sleep("1 second"), Vendors.down)
      const probing = yield* Effect.forkChild(served(provider, "4"), { startImmediately: true })
      for (const id of ["5", "6"]) assert.strictEqual((yield* served(provider, id)).provider, "b")
      assert.lengthOf(a.calls, 2)
      yield* Fiber.interrupt(probing)
      a.behaviour = Effect.void
      assert.strictEqual((yield* served(provider, "7")).provider, "a")
      assert.strictEqual((yield* served(provider, "8")).provider, "a")
    }))

  it.effect("asks it at any time for a customer who keeps its prices, which is how it may turn out to be back", () =>
    Effect.gen(function*() {
      const { a, provider } = yield* plain({ cooldownMs: 30_000 })
      yield* served(provider, "ada")
      a.behaviour = Vendors.down
      assert.strictEqual((yield* served(provider, "grace")).provider, "b")
      a.behaviour = Effect.void
      assert.strictEqual((yield* served(provider, "alan")).provider, "b")
      assert.strictEqual((yield* served(provider, "ada")).provider, "a")
      assert.strictEqual((yield* served(provider, "edsger")).provider, "a")
    }))

  it.effect("cools down for the longest of what is asked for", () =>
    Effect.gen(function*() {
      const { a, provider } = yield* plain({ cooldownMs: 1000 })
      a.behaviour = Effect.fail(new PricingError.RateLimited({ retryAfterMs: 20_000 }))
      yield* served(provider, "1")
      yield* TestClock.adjust("19 seconds")
      yield* served(provider, "2")
      assert.lengthOf(a.calls, 1)
      yield* TestClock.adjust("1 second")
      a.behaviour = Effect.fail(new PricingError.CircuitOpen({ until: "1970-01-01T00:01:00.000Z" }))
      yield* served(provider, "3")
      yield* TestClock.adjust("39 seconds")
      yield* served(provider, "4")
      assert.lengthOf(a.calls, 2)
      yield* TestClock.adjust("1 second")
      yield* served(provider, "5")
      assert.lengthOf(a.calls, 3)
    }))

  it.effect("asks it all the same when nobody else has an answer", () =>
    Effect.gen(function*() {
      const { a, b, provider } = yield* plain({ cooldownMs: 30_000 })
      a.behaviour = Vendors.down
      yield* served(provider, "1")
      a.behaviour = Effect.void
      b.behaviour = Vendors.down
      const { attempts, provider: who } = yield* served(provider, "2")
      assert.deepStrictEqual([who, attempts], ["a", ["b Unavailable", "a ok"]])
    }))
})

describe("Failover.Config", () => {
  const wrong: ReadonlyArray<readonly [string, object, RegExp]> = [
    ["a member nobody gave", { members: ["a", "c"] }, /^members\[1\]: No provider is named c, there are: a, b$/],
    ["no members", { members: [] }, /^members/],
    ["a member twice", { members: ["a", "a"] }, /^members/],
    ["no patience", { patience: 0 }, /^patience/],
    ["another policy", { whenShown: "maybe" }, /^whenShown/],
    ["a member it does not have", { sticky: true }, /^sticky: Unknown member$/]
  ]

  it.effect.each(wrong)("refuses %s", ([, members, message]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(plain(members))
      assert.match(error.message, message)
    }))
})
