import * as Plot from "@observablehq/plot"
import type { SampleRatio } from "../Report.ts"
import * as Distribution from "../statistics/Distribution.ts"
import type { Html } from "./html.ts"
import { figure, gridX, short, zero } from "./plot.ts"
import * as Format from "./reportFormat.ts"

/**
 * How far the arms are from their planned sizes, on the band in which chance keeps them: outside of it they are not split as
 * planned. For two arms the band is the test itself, for more it is that of each arm alone.
 */
export const split = (options: {
  readonly name: string
  readonly title: string
  readonly says: string
  readonly wide: number
  readonly populations: ReadonlyArray<SampleRatio>
  readonly labelOf: (population: SampleRatio["population"]) => string
  readonly colorOf: (arm: string) => string
}): Html => {
  const { colorOf, labelOf, populations } = options
  const rows = populations.flatMap(({ alpha, arms, population }) =>
    arms.filter(({ expected }) => expected > 0).map(({ arm, expected, observed, weight }) => ({
      key: `${population}\n${arm}`,
      label: `${labelOf(population)}, ${short(arm)}`,
      arm,
      off: observed / expected - 1,
      band: Distribution.normalUpperQuantile(alpha / 2) * Math.sqrt((1 - weight) / expected)
    }))
  )
  const reach = 1.15 * Math.max(0.001, ...rows.map(({ band, off }) => Math.max(band, Math.abs(off))))
  return figure({
    ...options,
    draw: ({ isNarrow }) => ({
      height: rows.length * 54 + 52,
      marginLeft: 12,
      marginRight: 18,
      marginTop: 8,
      marginBottom: 40,
      x: {
        label: "off the planned size",
        labelAnchor: "center",
        labelArrow: "none",
        domain: [-reach, reach],
        ticks: isNarrow ? 4 : 7,
        tickFormat: (value: number) => Format.change(value),
        tickSize: 0
      },
      y: { type: "point", axis: null, domain: rows.map(({ key }) => key), padding: 0.5 },
      marks: [
        gridX({ ticks: isNarrow ? 4 : 7 }),
        Plot.link(rows, {
          x1: ({ band }) => -band,
          x2: "band",
          y: "key",
          dy: 9,
          stroke: "var(--band)",
          strokeWidth: 16
        }),
        zero(),
        Plot.text(rows, {
          y: "key",
          text: ({ label, off }) => `${label}: ${Format.change(off, 2)}`,
          frameAnchor: "left",
          dy: -13,
          fontWeight: 600,
          stroke: "var(--card)",
          strokeWidth: 5,
          fill: "var(--ink)"
        }),
        Plot.dot(rows, {
          x: "off",
          y: "key",
          dy: 9,
          r: 6.5,
          symbol: ({ band, off }: typeof rows[number]) => Math.abs(off) > band ? "times" : "circle",
          fill: ({ arm, band, off }) => Math.abs(off) > band ? "none" : colorOf(arm),
          stroke: ({ band, off }) => Math.abs(off) > band ? "var(--bad)" : "var(--card)",
          strokeWidth: 2.5
        })
      ],
      color: { type: "identity" },
      symbol: { type: "identity" }
    })
  })
}
