/** Round trips in batches: vendors, customers, caches, keys and an outbox of their own for each. */
import { assert } from "@effect/vitest"
import { AttributionToken, KeyRing, SealingKeys } from "@priceport/core"
import { Effect, Layer, Logger } from "effect"
import { Persistence } from "effect/persistence"
import { createHmac } from "node:crypto"
import * as Prng from "../../simulation/Prng.ts"
import * as Journey from "./Journey.ts"
import * as Originals from "./Originals.ts"
import * as Reports from "./Reports.ts"
import * as Vendors from "./Vendors.ts"

/** How a batch travels. */
export interface Plan extends Journey.Plan, Reports.Plan {}

/** In each of the two files that call this: half of all. */
export const total = process.env["PRICEPORT_TEST_LONG"] === "1" ? 500_000 : 50_000

const size = 2_000

/** Customers of one to twelve paywalls each; one each at Corrily, where the last one is what is kept. */
const originals = (prng: Prng.Prng, count: number): ReadonlyArray<Originals.Original> => {
  const all: Array<Originals.Original> = []
  while (all.length < count) {
    const vendor = prng.weighted<Originals.Vendor>({ botsi: 5, house: 4, corrily: 2 })
    const person = Originals.person(prng, vendor, all.length)
    const many = vendor === "corrily" ? 1 : Math.min(prng.between(1, 12), count - all.length)
    for (let index = 0; index < many; index++) all.push(Originals.original(prng, person, all.length))
  }
  return all
}

/** Node's own hash in the place of the ring's takes a fifth of the time; what is sealed is sealed by the ring. */
const keysOf = Effect.fnUntraced(function*(text: Effect.Success<typeof SealingKeys.generate>, hashes: boolean) {
  const made = yield* KeyRing.make(text)
  const fingerprint: typeof made.fingerprint = (...parts) =>
    Effect.sync(() => createHmac("sha256", "key").update(JSON.stringify(parts)).digest("base64url"))
  const ring = hashes ? made : { ...made, fingerprint }
  const tokens = yield* Effect.provideService(AttributionToken.make(), KeyRing.KeyRing, ring)
  return { ring, tokens }
})

/** Runs batches from this seed on until the total is reached, and tells how often each stage was passed. */
export const run = Effect.fnUntraced(function*(seed: number, planOf: (batch: number) => Plan) {
  const stages = new Map<string, number>()
  const passed = (stage: string, count = 1) => void stages.set(stage, (stages.get(stage) ?? 0) + count)
  const wrong: Array<string> = []
  let equal = 0

  for (let batch = 0; equal < total && wrong.length === 0; batch++) {
    const plan = planOf(batch)
    const prng = Prng.make(seed + batch)
    const all = originals(prng, Math.min(size, total - equal))
    const world = yield* Vendors.make(all, plan.real)
    const text = yield* SealingKeys.generate
    const hashes = plan.filename !== undefined
    const tools: Journey.Tools = {
      prng,
      world,
      passed,
      wrong: (what) => void wrong.push(`seed ${seed + batch}: ${what}`),
      before: yield* keysOf(text, hashes),
      after: yield* keysOf(yield* SealingKeys.rotate(text), hashes)
    }
    const reports = yield* Effect.gen(function*() {
      const trips: Array<Journey.Trip> = []
      for (const vendor of Object.values(world.vendors)) {
        const own = all.filter((original) => original.vendor === vendor.id)
        trips.push(...yield* Journey.make(vendor, own, plan, tools))
      }
      return yield* Reports.make(trips, plan, tools)
    }).pipe(Effect.scoped, Effect.provide(Layer.merge(Persistence.layerBackingMemory, Logger.layer([]))))

    const { batches, changed, failures, impressions, purchases } = world.arrivals
    for (const what of changed) tools.wrong(what)
    for (const { impression, original, purchase } of reports) {
      if (impressions.has(original) === impression && purchases.has(original) === purchase) equal++
      else tools.wrong(`${world.expected(original)} arrived where it should not, or did not`)
    }
    passed("failed first", failures)
    passed("batched", batches.reduce((sum, events) => sum + (events > 1 ? events : 0), 0))
    passed("purchases", purchases.size)
    passed("impressions", impressions.size)
    if (plan.real) passed("adapters", all.length)
  }
  assert.deepStrictEqual(wrong.slice(0, 5), [])
  assert.strictEqual(equal, total)
  return stages
})

/** Each of these stages was passed by so many of a thousand, or more, and there are no others. */
export const passedOften = (stages: ReadonlyMap<string, number>, least: Readonly<Record<string, number>>) => {
  assert.sameMembers(Array.from(stages.keys()), Object.keys(least))
  for (const [stage, count] of stages) assert.isAtLeast(count / total * 1_000, least[stage]!, stage)
}
