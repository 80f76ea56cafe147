import type { Range } from "@priceport/core/routing/Assignment"

/** The cases that GrowthBook publishes for SDK authors (cases.json), those with weights that add up to 1. */

type Ranges = ReadonlyArray<Range>

/** "getBucketRange": coverage, weights, result. */
export const bucketRanges: ReadonlyArray<
  readonly [name: string, coverage: number, weights: ReadonlyArray<number>, result: Array<Array<number>>]
> = [
  ["normal 50/50", 1, [0.5, 0.5], [[0, 0.5], [0.5, 1]]],
  ["reduced coverage", 0.5, [0.5, 0.5], [[0, 0.25], [0.5, 0.75]]],
  ["zero coverage", 0, [0.5, 0.5], [[0, 0], [0.5, 0.5]]],
  ["4 variations", 1, [0.25, 0.25, 0.25, 0.25], [[0, 0.25], [0.25, 0.5], [0.5, 0.75], [0.75, 1]]],
  ["uneven weights", 1, [0.4, 0.6], [[0, 0.4], [0.4, 1]]],
  ["uneven weights, 3 variations", 1, [0.2, 0.3, 0.5], [[0, 0.2], [0.2, 0.5], [0.5, 1]]],
  ["uneven weights, reduced coverage, 3 variations", 0.2, [0.2, 0.3, 0.5], [[0, 0.04], [0.2, 0.26], [0.5, 0.6]]]
]

const even: Ranges = [[0, 0.5], [0.5, 1]]
const reduced: Ranges = [[0, 0.25], [0.5, 0.75]]
const zero: Ranges = [[0, 0.5], [0.5, 0.5], [0.5, 1]]

/** "chooseVariation": position, ranges, result. */
export const choices: ReadonlyArray<
  readonly [name: string, position: number, ranges: Ranges, result: number | undefined]
> = [
  ["even range, 0.2", 0.2, even, 0],
  ["even range, 0.4", 0.4, even, 0],
  ["even range, 0.6", 0.6, even, 1],
  ["even range, 0.8", 0.8, even, 1],
  ["even range, 0", 0, even, 0],
  ["even range, 0.5", 0.5, even, 1],
  ["reduced range, 0.2", 0.2, reduced, 0],
  ["reduced range, 0.4", 0.4, reduced, undefined],
  ["reduced range, 0.6", 0.6, reduced, 1],
  ["reduced range, 0.8", 0.8, reduced, undefined],
  ["reduced range, 0.25", 0.25, reduced, undefined],
  ["reduced range, 0.5", 0.5, reduced, 1],
  ["zero range", 0.5, zero, 2]
]

/** "inNamespace": unit, namespace, result. */
export const namespaces: ReadonlyArray<readonly [unit: string, name: string, range: Range, result: boolean]> = [
  ["1", "namespace1", [0, 0.4], false],
  ["1", "namespace1", [0.4, 1], true],
  ["1", "namespace2", [0, 0.4], false],
  ["1", "namespace2", [0.4, 1], true],
  ["2", "namespace1", [0, 0.4], false],
  ["2", "namespace1", [0.4, 1], true],
  ["2", "namespace2", [0, 0.4], false],
  ["2", "namespace2", [0.4, 1], true],
  ["3", "namespace1", [0, 0.4], false],
  ["3", "namespace1", [0.4, 1], true],
  ["3", "namespace2", [0, 0.4], true],
  ["3", "namespace2", [0.4, 1], false],
  ["4", "namespace1", [0, 0.4], false],
  ["4", "namespace1", [0.4, 1], true],
  ["4", "namespace2", [0, 0.4], true],
  ["4", "namespace2", [0.4, 1], false]
]
