import * as Plot from "@observablehq/plot"
import type { Latency } from "../Report.ts"
import type { Html } from "./html.ts"
import { figure, short } from "./plot.ts"
import * as Format from "./reportFormat.ts"

/** How long the answers of each vendor took, on one scale of equal ratios, with the marks of the median and the slow end. */
export const latency = (options: {
  readonly name: string
  readonly title: string
  readonly says: string
  readonly wide: number
  readonly slowMs: number
  readonly vendors: ReadonlyArray<Latency>
  readonly colorOf: (provider: string) => string
}): Html => {
  const { colorOf, slowMs } = options
  const vendors = options.vendors.filter(({ answers }) => answers > 0)
  const bins = vendors.flatMap(({ answers, bins, provider }) =>
    bins.filter(({ count }) => count > 0).map(({ count, from, to }) => ({
      provider,
      x1: Math.max(from, to / 2, 0.001),
      x2: Math.max(to, 0.0011),
      share: count / answers
    }))
  )
  const quantiles = vendors.flatMap(({ p50, p95, provider }) =>
    [p50, p95].flatMap((ms) => ms === undefined ? [] : [{ provider, ms }])
  )
  const [low, high] = [Math.min(slowMs, ...bins.map(({ x1 }) => x1)), Math.max(slowMs, ...bins.map(({ x2 }) => x2))]
  return figure({
    ...options,
    draw: ({ isNarrow }) => ({
      height: vendors.length * 150 + 64,
      marginLeft: 8,
      marginRight: 14,
      marginTop: 30,
      marginBottom: 28,
      x: {
        type: "log",
        domain: [low / 1.1, high * 1.1],
        axis: null
      },
      y: { axis: null, domain: [0, 1.3 * Math.max(0.001, ...bins.map(({ share }) => share))] },
      fy: { axis: null, domain: vendors.map(({ provider }) => provider), padding: 0.22 },
      marks: [
        gridAt(ticks(low / 1.1, high * 1.1, isNarrow ? 4 : 7)),
        Plot.rectY(bins, {
          fy: "provider",
          x1: "x1",
          x2: "x2",
          y: "share",
          fill: ({ provider }) => colorOf(provider),
          inset: 0
        }),
        Plot.ruleX([slowMs], { stroke: "var(--bad)", strokeWidth: 1.5, strokeDasharray: "4,4" }),
        Plot.tickX(quantiles, { fy: "provider", x: "ms", stroke: "var(--ink)", strokeWidth: 1.5 }),
        Plot.text(vendors, {
          fy: "provider",
          frameAnchor: "top-left",
          dy: -18,
          text: ({ p50, p95, p99, provider }) =>
            [
              short(provider),
              ...p50 === undefined ? [] : [`median ${Format.milliseconds(p50)}`],
              ...p95 === undefined ? [] : [`95 % ${Format.milliseconds(p95)}`],
              ...p99 === undefined || isNarrow ? [] : [`99 % ${Format.milliseconds(p99)}`]
            ].join("  ·  "),
          fontWeight: 600,
          fill: "var(--ink)"
        }),
        Plot.ruleY([0], { stroke: "var(--soft)" }),
        // Plot's own axis leaves out every other label of a logarithm.
        Plot.text(ticks(low / 1.1, high * 1.1, isNarrow ? 4 : 7), {
          x: (value: number) => value,
          text: (value: number) => Format.milliseconds(value),
          frameAnchor: "bottom",
          facetAnchor: "bottom",
          dy: 16
        })
      ],
      color: { type: "identity" }
    })
  })
}

const gridAt = (values: ReadonlyArray<number>) => Plot.gridX(values, { stroke: "var(--line)", strokeOpacity: 1 })

/** One, two and five of each power of ten, as many as there is room for. */
const ticks = (low: number, high: number, most: number): ReadonlyArray<number> => {
  const powers = Array.from({ length: 12 }, (_, index) => 10 ** (index - 4))
  const at = (steps: ReadonlyArray<number>) =>
    powers.flatMap((power) => steps.map((step) => step * power)).filter((value) => value >= low && value <= high)
  const fine = at([1, 2, 5])
  return fine.length <= most ? fine : at([1])
}
