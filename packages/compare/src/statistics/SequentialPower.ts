/**
 * How likely a confidence sequence rules out "no difference" at one of its looks.
 *
 * An estimate seen at equally spaced looks moves like a Brownian motion with a drift. The chance to stay inside at all looks
 * is carried from each look to the next by integrating over where it may be (Armitage, McPherson, Rowe: "Repeated significance
 * tests on accumulating data", 1969). No simulation.
 *
 * @since 0.4.0
 */
import * as Boundary from "./Boundary.ts"
import * as Distribution from "./Distribution.ts"

/**
 * `drift` is the true difference in standard errors at the last look; `alpha` and `target` are the plan's, `n` is how many
 * customers there are at the last look. The first look comes at `n / looks`.
 *
 * @category models
 * @since 0.4.0
 */
export interface Course {
  readonly drift: number
  readonly n: number
  readonly looks: number
  readonly alpha: number
  readonly target: number
}

/**
 * The chance to find it, in either direction.
 *
 * @category getters
 * @since 0.4.0
 */
export const power = ({ alpha, drift, looks, n, target }: Course): number => {
  const method = { _tag: "sequence", alpha, target } as const
  // How far the motion, which has variance 1 at the last look, may be from 0 at a look.
  const limit = (look: number): number => Boundary.width({ method, n: n * look / looks }) * Math.sqrt(look / looks)
  const deviation = Math.sqrt(1 / looks)
  const step = drift / looks

  let inside: ReadonlyArray<Point> = [{ at: 0, mass: 1 }]
  let found = 0
  for (let look = 1; look <= looks; look++) {
    const edge = limit(look)
    for (const { at, mass } of inside) {
      found += mass * Distribution.normalUpper((edge - at - step) / deviation)
      found += mass * Distribution.normalUpper((edge + at + step) / deviation)
    }
    const before = inside
    inside = grid(edge, deviation).map(({ at, mass }) => {
      let density = 0
      for (const from of before) {
        const gap = (at - from.at - step) / deviation
        if (Math.abs(gap) < 9) density += from.mass * Math.exp(-gap * gap / 2)
      }
      return { at, mass: mass * density / (deviation * Math.sqrt(2 * Math.PI)) }
    })
  }
  return Math.min(1, found)
}

interface Point {
  readonly at: number
  readonly mass: number
}

/** Simpson's rule from -edge to edge, three points or more to a step's deviation. */
const grid = (edge: number, deviation: number): ReadonlyArray<Point> => {
  const half = Math.max(8, Math.ceil(edge / deviation * 3))
  const width = edge / half
  return Array.from({ length: 2 * half + 1 }, (_, index) => ({
    at: (index - half) * width,
    mass: width / 3 * (index === 0 || index === 2 * half ? 1 : index % 2 === 1 ? 4 : 2)
  }))
}
