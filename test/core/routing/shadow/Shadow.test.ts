import { assert, describe, it } from "@effect/vitest"
import {
  Budget,
  Journal,
  type Paywall,
  type PaywallRequest,
  PricingError,
  PricingProvider,
  Resilience,
  Retry
} from "@priceport/core"
import * as RoutedPricing from "@priceport/core/pricing/RoutedPricing"
import * as Failover from "@priceport/core/routing/Failover"
import * as Shadow from "@priceport/core/routing/Shadow"
import * as ShownPrices from "@priceport/core/routing/ShownPrices"
import { Effect, Exit, Fiber, Metric, Random, Scope } from "effect"
import { MaxOpsBeforeYield } from "effect/Scheduler"
import { TestClock } from "effect/testing"
import * as Stub from "../../Stub.ts"

type Answer = Effect.Effect<Paywall.Paywall, PricingError.Reason>

const paywallOf = (provider: string, price: string): Paywall.Paywall => ({
  ...Stub.paywall,
  provider,
  products: [{ id: "pro", offerIds: [], price: { display: price }, features: [] }],
  attribution: { ...Stub.attribution, provider }
})

const served = paywallOf("old", "$9.99")

const request: PaywallRequest.PaywallRequest = {
  placement: "onboarding",
  customer: {
    id: "anna@example.com",
    profiles: { new: "p-1" },
    ip: "192.0.2.7",
    country: "DE",
    currency: "EUR",
    locale: "de",
    attributes: { plan: "basic" }
  }
}

/** A router over a vendor that answers at once and a candidate that a test directs, and what happened. */
const make = Effect.fnUntraced(
  function*(candidate: Answer = Effect.succeed(paywallOf("new", "$8.99")), config: Partial<Shadow.Config> = {}) {
    const happened: Array<string> = []
    const asked: Array<PaywallRequest.PaywallRequest> = []
    const compared: Array<Journal.Compared> = []
    const vendor = { paywall: served }
    const old = Stub.make({ id: "old", getPaywall: () => Effect.sync(() => vendor.paywall) })
    const next = Stub.make({
      id: "new",
      getPaywall: (request) =>
        Effect.suspend(() => {
          happened.push("shadow")
          asked.push(request)
          return candidate
        })
    })
    const provider = yield* Shadow.make(
      { _tag: "Shadow", id: "shadowed", primary: "old", candidate: "new", sample: 1, ...config },
      [old.provider, next.provider],
      { onCompared: (event) => Effect.sync(() => void compared.push(event)) }
    )
    return { provider, vendor, happened, asked, compared, old, next }
  }
)

/** Lets everything that waits for its turn run. */
const settled = Effect.repeat(Effect.yieldNowWith(2), { times: 50 })

describe("Shadow", () => {
  it.effect("asks the candidate once the caller has the answer, wherever the caller has to give way", () =>
    Effect.gen(function*() {
      const { happened, provider } = yield* make()
      for (let ops = 8; ops <= 80; ops++) {
        happened.length = 0
        const caller = Effect.gen(function*() {
          const paywall = yield* provider.getPaywall(request)
          happened.push(`answered by ${paywall.provider}`)
        })
        const fiber = yield* Effect.forkChild(Effect.provideService(caller, MaxOpsBeforeYield, ops))
        yield* Fiber.join(fiber)
        yield* settled
        assert.deepStrictEqual(happened, ["answered by old", "shadow"], `yielding every ${ops} steps`)
      }
    }))

  it.effect("never slows or fails a caller with a candidate that is silent for 30 seconds and then fails", () =>
    Effect.gen(function*() {
      const down = Effect.andThen(
        Effect.sleep("30 seconds"),
        Effect.fail(new PricingError.Unavailable({ status: 503 }))
      )
      const { asked, compared, provider } = yield* make(down, { concurrency: 4, timeoutMs: 60_000 })
      for (let call = 0; call < 1000; call++) {
        assert.strictEqual((yield* provider.getPaywall(request, { timeout: 1 })).provider, "old")
      }
      yield* settled
      assert.lengthOf(asked, 4, "so many are under way")
      assert.isEmpty(compared)
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(
        compared.map(({ ms, reason, verdict }) => ({ ms, reason, verdict })),
        Array.from({ length: 4 }, () => ({ ms: 30_000, reason: "Unavailable", verdict: "failed" as const }))
      )
      yield* provider.getPaywall(request)
      yield* settled
      assert.lengthOf(asked, 5, "the others have made room")
    }))

  it.effect("takes no longer over a shadow read than it may", () =>
    Effect.gen(function*() {
      const { compared, provider } = yield* make(Effect.never, { timeoutMs: 500 })
      yield* provider.getPaywall(request)
      yield* settled
      yield* TestClock.adjust(499)
      assert.isEmpty(compared)
      yield* TestClock.adjust(1)
      assert.deepInclude(compared[0], { verdict: "failed", reason: "Timeout", ms: 500 })
    }))

  for (
    const [name, candidate] of [
      ["dies", Effect.die("a bug")],
      [
        "throws",
        Effect.suspend((): Answer => {
          throw new Error("a bug")
        })
      ],
      ["answers what is no paywall", Effect.succeed(JSON.parse("{\"provenance\":{}}"))]
    ] as const
  ) {
    it.effect(`leaves the caller alone when the candidate ${name}`, () =>
      Effect.gen(function*() {
        const { asked, compared, provider } = yield* make(candidate, { concurrency: 1 })
        for (let call = 0; call < 3; call++) {
          assert.strictEqual((yield* provider.getPaywall(request)).provider, "old")
          yield* settled
        }
        assert.lengthOf(asked, 3, "each makes room for the next")
        assert.deepStrictEqual(compared.map(({ reason }) => reason), ["Defect", "Defect", "Defect"])
      }))
  }

  it.effect("goes on when the caller is gone, and ends with its scope", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      let ended = false
      const slow = Effect.onInterrupt(Effect.never, () => Effect.sync(() => ended = true))
      const { asked, provider } = yield* Scope.provide(make(slow, { timeoutMs: 3_600_000 }), scope)
      const caller = yield* Effect.forkChild(Effect.andThen(provider.getPaywall(request), Effect.never))
      yield* settled
      yield* Fiber.interrupt(caller)
      assert.lengthOf(asked, 1)
      assert.isFalse(ended)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(ended)
    }))

  it.effect("asks for a customer who has the facts and nothing that tells who it is, and enrols nobody", () =>
    Effect.gen(function*() {
      const { asked, provider } = yield* make(undefined, { placements: { onboarding: "welcome" } })
      yield* provider.getPaywall(request)
      yield* settled
      assert.deepStrictEqual(asked, [{
        placement: "welcome",
        customer: {
          id: "priceport-shadow",
          country: "DE",
          currency: "EUR",
          locale: "de",
          attributes: { plan: "basic" }
        },
        enroll: false
      }])
    }))

  it.effect("asks for the very customer where that is wanted, and still enrols nobody", () =>
    Effect.gen(function*() {
      const { asked, provider } = yield* make(undefined, { as: "customer" })
      yield* provider.getPaywall(request)
      yield* settled
      assert.deepStrictEqual(asked, [{ ...request, enroll: false }])
    }))

  it.effect("tells the journal and the listener what differs, under the customer's unit", () =>
    Effect.gen(function*() {
      const told: Array<Journal.Event> = []
      const { compared, provider } = yield* make()
      yield* provider.getPaywall(request).pipe(
        Effect.provideService(Journal.Journal, { tell: (event) => Effect.sync(() => void told.push(event)) })
      )
      yield* settled
      assert.deepStrictEqual(told, [{
        _tag: "Compared",
        at: 0,
        ms: 0,
        unit: "anna@example.com",
        placement: "onboarding",
        provider: "old",
        candidate: "new",
        verdict: "material",
        differences: [{ kind: "price", weight: "material", product: "pro", first: "$9.99", second: "$8.99" }],
        reason: undefined
      }])
      assert.deepStrictEqual<ReadonlyArray<Journal.Event>>(compared, told)
    }))

  it.effect("counts what was compared, failed and left out", () =>
    Effect.gen(function*() {
      const { provider } = yield* make(Effect.never, { concurrency: 1 })
      yield* provider.getPaywall(request)
      yield* provider.getPaywall(request)
      yield* settled
      yield* TestClock.adjust("3 seconds")
      const counts = (yield* Metric.snapshot).flatMap(({ attributes, id, state }) =>
        id === "priceport_shadow_reads_total" && "count" in state
          ? [[attributes?.["provider"], attributes?.["verdict"], Number(state.count)]]
          : []
      )
      assert.sameDeepMembers(counts, [["new", "skipped", 1], ["new", "failed", 1]])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))

  for (
    const [name, ask, answer] of [
      ["a bundled answer", {}, { ...served, provenance: { ...served.provenance, source: "bundled" as const } }],
      ["a standby", {}, { ...served, provenance: { ...served.provenance, standby: { for: "other" } } }],
      ["the candidate's own answer", {}, { ...served, provider: "new" }],
      ["a request that enrols nobody", { enroll: false }, served],
      ["a request to draw anew", { options: { corrily: { override: true } } }, served]
    ] as const
  ) {
    it.effect(`does not compare ${name}`, () =>
      Effect.gen(function*() {
        const { asked, provider, vendor } = yield* make()
        vendor.paywall = answer
        yield* provider.getPaywall({ ...request, ...ask })
        yield* settled
        assert.isEmpty(asked)
      }))
  }

  it.effect("says that the candidate failed where it answers from a bundle", () =>
    Effect.gen(function*() {
      const candidate = paywallOf("new", "$8.99")
      const { compared, provider } = yield* make(Effect.succeed({
        ...candidate,
        provenance: { ...candidate.provenance, source: "bundled", reason: "CircuitOpen" }
      }))
      yield* provider.getPaywall(request)
      yield* settled
      assert.deepInclude(compared[0], { verdict: "failed", reason: "CircuitOpen", differences: [] })
    }))

  it.effect("reads beside the share of answers that is set", () =>
    Effect.gen(function*() {
      const { asked, provider } = yield* make(undefined, { sample: 0.1, concurrency: 10_000 })
      for (let call = 0; call < 10_000; call++) yield* provider.getPaywall(request)
      yield* settled
      assert.isAbove(asked.length, 850)
      assert.isBelow(asked.length, 1150)
    }).pipe(Random.withSeed("shadow")))

  it.effect("has a budget of its own, whatever is left of the caller's, and attempts of its own", () =>
    Effect.gen(function*() {
      const compared: Array<Journal.Compared> = []
      const old = yield* Resilience.harden()(Stub.make({ id: "old" }).provider)
      const failing = new PricingError.Unavailable({ status: 503 })
      let calls = 0
      const flaky = Stub.make({
        id: "new",
        getPaywall: () =>
          Effect.suspend(() => calls++ === 0 ? Effect.fail(failing) : Effect.succeed(paywallOf("new", "$8.99")))
      })
      const slow = PricingProvider.transform(flaky.provider, (call) => Effect.delay(call, "1 second"))
      const next = Retry.transient()(slow)
      const shadowed = yield* Shadow.make(
        { _tag: "Shadow", id: "s", primary: "old", candidate: "new", sample: 1, timeoutMs: 10_000 },
        [old.provider, next],
        { onCompared: (event) => Effect.sync(() => void compared.push(event)) }
      )
      const provider = Budget.grant({ getPaywall: "100 millis" })(shadowed)
      const paywall = yield* provider.getPaywall(request)
      yield* TestClock.adjust("6 seconds")
      assert.strictEqual(calls, 2)
      assert.deepInclude(compared[0], { verdict: "material", reason: undefined })
      assert.deepStrictEqual(paywall.provenance.attempts.map(({ provider }) => provider), ["old"])
    }).pipe(Effect.scoped))

  it.effect("is not seen by anybody: a failover behind it does not take its prices for shown", () =>
    Effect.gen(function*() {
      const shown = ShownPrices.makeMemory()
      const [old, next, last] = ["old", "new", "last"].map((id) =>
        Stub.make({ id, getPaywall: () => Effect.succeed(paywallOf(id, "$1")) })
      )
      const failover = yield* Failover.make({ _tag: "Failover", id: "standby", members: ["new", "last"] }, [
        next!.provider,
        last!.provider
      ]).pipe(Effect.provideService(ShownPrices.ShownPrices, shown))
      const provider = yield* Shadow.make(
        { _tag: "Shadow", id: "s", primary: "old", candidate: "standby", sample: 1, as: "customer" },
        [old!.provider, failover]
      )
      yield* provider.getPaywall(request)
      yield* settled
      assert.deepStrictEqual(next!.reached, ["getPaywall"])
      for (const name of ShownPrices.names(request.customer)) {
        assert.isUndefined(yield* shown.get(name, "onboarding"))
      }
    }))

  it.effect("reads nothing ahead of time", () =>
    Effect.gen(function*() {
      const { asked, next, old } = yield* make()
      const { pricing } = yield* RoutedPricing.make(
        { _tag: "Shadow", id: "s", primary: "old", candidate: "new", sample: 1 },
        [old.provider, next.provider]
      )
      yield* pricing.prefetch([request.placement], request.customer)
      yield* settled
      assert.deepStrictEqual(old.reached, ["getPaywall"])
      assert.isEmpty(asked)
    }))

  it.effect("reads nothing beside a failure, which stays what it is", () =>
    Effect.gen(function*() {
      const old = Stub.make({ id: "old", getPaywall: () => Effect.fail(new PricingError.NotFound({})) })
      const next = Stub.make({ id: "new" })
      const provider = yield* Shadow.make({ _tag: "Shadow", id: "s", primary: "old", candidate: "new", sample: 1 }, [
        old.provider,
        next.provider
      ])
      const error = yield* Effect.flip(provider.getPaywall(request))
      yield* settled
      assert.deepInclude(error, { provider: "old" })
      assert.strictEqual(error.reason._tag, "NotFound")
      assert.isEmpty(next.reached)
    }))

  it.effect("sends impressions and purchases to where the paywall came from", () =>
    Effect.gen(function*() {
      const { next, old, provider } = yield* make()
      yield* provider.recordImpression(yield* provider.getPaywall(request))
      yield* provider.validatePurchase({ attribution: paywallOf("new", "$1").attribution, transaction: Stub.appStore })
      assert.deepStrictEqual(old.reached, ["getPaywall", "recordImpression"])
      assert.deepStrictEqual(next.reached.filter((name) => name !== "getPaywall"), ["validatePurchase"])
    }))

  it.effect.each([
    [{ candidate: "old" }, "", /candidate that is not the primary/],
    [{ candidate: "gone" }, "candidate", /No provider is named gone/],
    [{ sample: 2 }, "sample", /between 0 and 1/],
    [{ enroll: true }, "enroll", /Unknown member/]
  ])("refuses %o", ([config, path, issue]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(make(undefined, config as Partial<Shadow.Config>))
      assert.strictEqual(error.path, path)
      assert.match(error.issue, issue as RegExp)
    }))
})
