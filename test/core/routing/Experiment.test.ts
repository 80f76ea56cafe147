import { assert, describe, it } from "@effect/vitest"
import type { Customer, PaywallRequest } from "@priceport/core"
import * as Assignment from "@priceport/core/routing/Assignment"
import * as Experiment from "@priceport/core/routing/Experiment"
import * as Journal from "@priceport/core/routing/Journal"
import * as KeptAssignments from "@priceport/core/routing/KeptAssignments"
import { Effect } from "effect"
import * as Vendors from "./Vendors.ts"

const { from } = Vendors

const halves: Experiment.Config = {
  _tag: "Experiment",
  id: "a-or-b",
  key: "price-test",
  arms: [{ member: "a", weight: 0.5 }, { member: "b", weight: 0.5 }]
}

const make = Effect.fnUntraced(function*(options: Partial<Experiment.Config> = {}) {
  const vendors = ["a", "b", "c"].map(Vendors.make)
  const provider = yield* Experiment.make({ ...halves, ...options }, vendors.map((vendor) => vendor.provider))
  const armOf = (request: PaywallRequest.PaywallRequest) =>
    Effect.map(provider.getPaywall(request), (paywall) => paywall.provider)
  return { provider, vendors, armOf }
})

/** What was told while an effect ran. */
const told = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const events: Array<Journal.Event> = []
    const journal = { tell: (event: Journal.Event) => Effect.sync(() => void events.push(event)) }
    yield* Effect.provideService(effect, Journal.Journal, journal)
    return events
  })

/** The arm the hash says. */
const hashed = (unit: string) => Assignment.hash("price-test", unit) < 0.5 ? "a" : "b"

/** Customers of either arm. */
const [inA, inB] = ["a", "b"].map((arm) =>
  Array.from({ length: 100 }, (_, index) => `customer-${index}`).filter((unit) => hashed(unit) === arm)
) as [Array<string>, Array<string>]

describe("Experiment", () => {
  it.effect("serves each customer by the arm that the hash says, the same one every time", () =>
    Effect.gen(function*() {
      const { armOf } = yield* make()
      for (const unit of [...inA, ...inB, ...inA]) assert.strictEqual(yield* armOf(from(unit)), hashed(unit))
      assert.isAbove(inA.length, 30)
      assert.isAbove(inB.length, 30)
    }))

  it.effect("tells of each assignment, and of what it was by", () =>
    Effect.gen(function*() {
      const { armOf } = yield* make({ overrides: { tester: "b" } })
      const [unit] = inA
      const events = yield* told(Effect.forEach([unit!, unit!, "tester"], (id) => armOf(from(id))))
      const event = { _tag: "Assigned", at: 0, experiment: "price-test" }
      assert.deepStrictEqual(events, [
        { ...event, arm: "a", unit: unit!, by: "hash" },
        { ...event, arm: "a", unit: unit!, by: "kept" },
        { ...event, arm: "b", unit: "tester", by: "override" }
      ] as ReadonlyArray<Journal.Event>)
    }))

  it.effect("fails as the arm does: an experiment with a standby in it would measure the standby", () =>
    Effect.gen(function*() {
      const { armOf, vendors } = yield* make()
      vendors[0]!.behaviour = Vendors.down
      const error = yield* Effect.flip(armOf(from(inA[0]!)))
      assert.strictEqual(error.provider, "a")
      assert.deepStrictEqual(error.reason, Vendors.unavailable)
    }))

  it.effect("sends impressions to the arm that served, whatever the weights are by then", () =>
    Effect.gen(function*() {
      const { provider, vendors } = yield* make()
      const paywall = yield* provider.getPaywall(from(inB[0]!))
      yield* provider.recordImpression(paywall)
      assert.deepStrictEqual(vendors.map(({ reported }) => reported.length), [0, 2, 0])
    }))

  it.effect("sends nothing and tells nothing for a request that is wrong", () =>
    Effect.gen(function*() {
      const { provider, vendors } = yield* make()
      const events = yield* told(Effect.flip(provider.getPaywall({ ...from("ada"), enrol: false } as never)))
      assert.deepStrictEqual(events, [])
      assert.lengthOf(vendors.flatMap(({ calls }) => calls), 0)
    }))

  it.effect("answers a request that enrols nobody as it would be, and leaves no trace", () =>
    Effect.gen(function*() {
      const store = KeptAssignments.makeMemory()
      const { armOf } = yield* Effect.provideService(make(), KeptAssignments.KeptAssignments, store)
      const [unit] = inB
      const events = yield* told(armOf({ ...from(unit!), enroll: false }))
      assert.deepStrictEqual(events, [])
      assert.isUndefined(yield* store.get("price-test", unit!))
      yield* store.put("price-test", unit!, "a")
      assert.strictEqual(yield* armOf({ ...from(unit!), enroll: false }), "a")
    }))
})

describe("Experiment, for those outside", () => {
  const outside = (config: Partial<Experiment.Config>, customer: Customer.Customer) =>
    Experiment.assign({ ...halves, ...config }, customer)

  it.effect("serves who has no name by the first arm, or by another provider, and assigns nobody", () =>
    Effect.gen(function*() {
      const request = { placement: "onboarding", customer: { ip: "203.0.113.42" } }
      const plain = yield* make()
      assert.deepStrictEqual(yield* told(plain.armOf(request)), [])
      assert.lengthOf(plain.vendors[0]!.calls, 1)
      const { armOf } = yield* make({ otherwise: "c" })
      assert.strictEqual(yield* armOf(request), "c")
    }))

  it("leaves out the holdout's share, the same customers for every experiment", () => {
    const holdout = { name: "2026", share: 0.1 }
    const units = Array.from({ length: 10_000 }, (_, index) => `customer-${index}`)
    const held = (key: string) =>
      units.filter((id) => {
        const decision = outside({ key, holdout }, { id })
        return decision._tag === "Outside" && decision.why === "holdout"
      })
    assert.deepStrictEqual(held("one"), held("another"))
    assert.approximately(held("one").length / units.length, 0.1, 0.015)
  })

  it("shares no customer with an experiment in another part of the namespace", () => {
    const part = (range: Assignment.Range, id: string) =>
      outside({ namespace: { name: "paywalls", range } }, { id })._tag === "Assigned"
    const units = Array.from({ length: 10_000 }, (_, index) => `customer-${index}`)
    const [first, second] = [units.filter((id) => part([0, 0.4], id)), units.filter((id) => part([0.4, 1], id))]
    assert.lengthOf(new Set([...first, ...second]), units.length)
    assert.lengthOf([...first, ...second], units.length)
  })

  it("says why", () => {
    assert.deepInclude(outside({}, {}), { why: "unknown", arm: "a" })
    assert.deepInclude(outside({ holdout: { name: "all", share: 1 } }, { id: "ada" }), { why: "holdout" })
    assert.deepInclude(outside({ namespace: { name: "none", range: [0, 0] } }, { id: "ada" }), { why: "namespace" })
    assert.deepInclude(outside({ coverage: 0, otherwise: "c" }, { id: "ada" }), { why: "coverage", arm: "c" })
    assert.deepInclude(outside({ coverage: 0, overrides: { ada: "b" } }, { id: "ada" }), { by: "override", arm: "b" })
  })
})

describe("Experiment, once a customer has an arm", () => {
  /** Two experiments one after the other, with the same memory. */
  const after = Effect.fnUntraced(function*(config: Partial<Experiment.Config>, ask: PaywallRequest.PaywallRequest) {
    const store = KeptAssignments.makeMemory()
    const run = (config: Partial<Experiment.Config>, request: PaywallRequest.PaywallRequest) =>
      Effect.flatMap(make(config), ({ armOf }) => armOf(request)).pipe(
        Effect.provideService(KeptAssignments.KeptAssignments, store)
      )
    return { before: yield* run({}, ask), run: (request = ask) => run(config, request), store }
  })

  const zeroA: Partial<Experiment.Config> = { arms: [{ member: "a", weight: 0 }, { member: "b", weight: 1 }] }

  it.effect("keeps it when weights, holdout, namespace and coverage change", () =>
    Effect.gen(function*() {
      const config = { ...zeroA, coverage: 0.1, holdout: { name: "2026", share: 0.9 } }
      const { before, run } = yield* after(config, from(inA[0]!))
      assert.deepStrictEqual([before, yield* run()], ["a", "a"])
    }))

  it.effect("follows the hash where nothing is to be kept", () =>
    Effect.gen(function*() {
      const { run } = yield* after({ ...zeroA, sticky: false }, from(inA[0]!))
      assert.strictEqual(yield* run(), "b")
      const decision = Experiment.assign({ ...halves, sticky: false }, { id: inA[0]! }, () => "b")
      assert.deepInclude(decision, { arm: "a", by: "hash" })
    }))

  it.effect("assigns anew when the arm is gone", () =>
    Effect.gen(function*() {
      const arms: Experiment.Config["arms"] = [{ member: "c", weight: 0.5 }, { member: "b", weight: 0.5 }]
      const { run } = yield* after({ arms }, from(inA[0]!))
      assert.strictEqual(yield* run(), "c")
    }))

  it.effect("keeps it through a log-in, under the new name too", () =>
    Effect.gen(function*() {
      // An anonymous profile in arm a, of one whose own id says b.
      const profile = Array.from({ length: 100 }, (_, index) => `p-${index}`).find((id) =>
        hashed(`botsi:${id}`) === "a"
      )!
      const anonymous = { profiles: { botsi: profile } }
      const { before, run } = yield* after({}, { placement: "onboarding", customer: anonymous })
      const loggedIn = { placement: "onboarding", customer: { id: inB[0]!, ...anonymous } }
      assert.deepStrictEqual([before, yield* run(loggedIn)], ["a", "a"])
      assert.strictEqual(yield* run(from(inB[0]!)), "a")
    }))

  it.effect("does not keep what an override said", () =>
    Effect.gen(function*() {
      const { run, store } = yield* after({}, from(inA[0]!))
      yield* Effect.provideService(
        Effect.flatMap(make({ overrides: { [inA[0]!]: "b" } }), ({ armOf }) => armOf(from(inA[0]!))),
        KeptAssignments.KeptAssignments,
        store
      )
      assert.strictEqual(yield* run(), "a")
    }))
})

describe("Experiment.reweigh", () => {
  it.effect("gives a configuration that moves the customers it must, and no others", () =>
    Effect.gen(function*() {
      const config: Experiment.Config = {
        ...halves,
        arms: [{ member: "a", weight: 0.5 }, { member: "b", weight: 0.25 }, { member: "c", weight: 0.25 }]
      }
      const next = yield* Experiment.reweigh(config, [0.4, 0.25, 0.35])
      const moves = new Set<string>()
      for (let index = 0; index < 5000; index++) {
        const [before, now] = [config, next].map((config) => Experiment.assign(config, { id: `customer-${index}` }).arm)
        if (before !== now) moves.add(`${before} to ${now}`)
      }
      assert.deepStrictEqual([...moves], ["a to c"])
      assert.deepStrictEqual(yield* Experiment.reweigh(next, [0.4, 0.25, 0.35]), next)
    }))

  it.effect("refuses weights that make no experiment", () =>
    Effect.gen(function*() {
      for (const weights of [[0.5, 0.6], [1], [0.5, 0.25, 0.25], [1.5, -0.5]]) {
        const error = yield* Effect.flip(Experiment.reweigh(halves, weights))
        assert.strictEqual(error._tag, "RoutingError")
      }
    }))
})

describe("Experiment.Config", () => {
  const arms = (...arms: ReadonlyArray<object>) => ({ arms }) as never
  const [half, other] = [{ member: "a", weight: 0.5 }, { member: "b", weight: 0.5 }]

  const wrong: ReadonlyArray<readonly [string, Partial<Experiment.Config>, RegExp]> = [
    ["weights that do not add up to 1", arms(half, { ...other, weight: 0.6 }), /^arms: .*add up to 1, got 1.1/],
    ["two arms of one member", arms(half, half), /^arms: .*two ids/],
    [
      "an arm nobody gave",
      arms(half, { ...other, member: "z" }),
      /^arms\[1\].member: No provider is named z, there are/
    ],
    ["somebody nobody gave", { otherwise: "z" }, /^otherwise: No provider is named z/],
    ["ranges for one arm only", arms({ ...half, ranges: [[0, 0.5]] }, other), /^arms: .*for all arms, or for none/],
    [
      "ranges that overlap",
      arms({ ...half, ranges: [[0, 0.5]] }, { ...other, ranges: [[0.4, 0.9]] }),
      /^arms: .*do not overlap/
    ],
    [
      "ranges that say something else than the weights",
      arms({ ...half, ranges: [[0, 0.6]] }, { ...other, ranges: [[0.6, 1]] }),
      /^arms\[0\].ranges: .*Experiment.reweigh/
    ],
    ["a range that ends before it starts", { namespace: { name: "x", range: [0.5, 0.4] } }, /^namespace.range/],
    ["an override to no arm", { overrides: { ada: "c" } }, /^overrides: .*one of a, b, got c/]
  ]

  it.effect.each(wrong)("refuses %s", ([, members, message]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(make(members))
      assert.match(error.message, message)
    }))
})
