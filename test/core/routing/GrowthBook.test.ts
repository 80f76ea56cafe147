import { assert, describe, it } from "@effect/vitest"
import { GrowthBook } from "@growthbook/growthbook"
import * as Assignment from "@priceport/core/routing/Assignment"
import * as Experiment from "@priceport/core/routing/Experiment"
import * as Random from "./Random.ts"

/** What the vendor's own SDK makes of an experiment that is given to both. */
const theirs = ({ arms, coverage, key, namespace }: Experiment.Config, id: string): string | undefined => {
  const result = new GrowthBook({ attributes: { id } }).run({
    key: key!,
    variations: arms.map(({ member }) => member) as [string, string, ...Array<string>],
    weights: arms.map(({ weight }) => weight),
    hashVersion: 2,
    ...(coverage !== undefined && { coverage }),
    ...(namespace !== undefined && { namespace: [namespace.name, ...namespace.range] as [string, number, number] })
  })
  return result.inExperiment ? result.value : undefined
}

const ours = (config: Experiment.Config, id: string): string | undefined => {
  const decision = Experiment.assign(config, { id })
  return decision._tag === "Assigned" ? decision.arm : undefined
}

/** Weights with two digits, an experiment in a namespace as often as not, and an id out of any letters. */
const generated = (random: Random.Random): readonly [Experiment.Config, string] => {
  const [first, ...others] = random.weights(2 + random.below(3)).map((weight, index) => ({
    member: `arm-${index}`,
    weight
  }))
  const [from, to] = [random.below(101), random.below(101)].toSorted((a, b) => a - b) as [number, number]
  return [{
    _tag: "Experiment",
    id: "experiment",
    key: random.text(),
    arms: [first!, ...others],
    ...(random.below(2) === 0 && { coverage: random.below(101) / 100 }),
    ...(random.below(2) === 0 && { namespace: { name: random.text(), range: [from / 100, to / 100] } })
  }, random.text()]
}

describe("Experiment, beside GrowthBook's own SDK", { timeout: 60_000 }, () => {
  it("puts 10,000 generated customers of as many experiments into the same arms, or outside", () => {
    const random = Random.make(42)
    const seen = new Map<string | undefined, number>()
    for (let round = 0; round < 10_000; round++) {
      const [config, id] = generated(random)
      const arm = ours(config, id)
      assert.strictEqual(arm, theirs(config, id), JSON.stringify([config, id]))
      seen.set(arm, (seen.get(arm) ?? 0) + 1)
    }
    for (const outcome of [undefined, "arm-0", "arm-1", "arm-2", "arm-3"]) assert.isAbove(seen.get(outcome) ?? 0, 100)
  })

  it("agrees on every position where the ranges are in several pieces", () => {
    const pieces: ReadonlyArray<ReadonlyArray<Assignment.Range>> = [[[0, 0.2], [0.5, 0.55]], [[0.2, 0.5], [0.9, 1]]]
    for (let id = 0; id < 2000; id++) {
      const position = Assignment.hash("pieces", String(id))
      const flat = pieces.flatMap((parts, arm) => parts.map((range) => ({ arm, range })))
      const result = new GrowthBook({ attributes: { id: String(id) } }).run({
        key: "pieces",
        variations: flat.map(({ arm }) => arm) as [number, number, ...Array<number>],
        ranges: flat.map(({ range }) => [...range] as [number, number]),
        hashVersion: 2
      })
      assert.strictEqual(Assignment.choose(pieces, position), result.inExperiment ? result.value : undefined)
    }
  })
})
