import * as Plot from "@observablehq/plot"
import type { Series } from "../Report.ts"
import type { Html } from "./html.ts"
import { figure, withheld } from "./plot.ts"

/** A difference to the control with its interval, day by day, around the zero line. */
export const series = (options: {
  readonly name: string
  readonly title: string
  readonly says: string
  readonly wide: number
  readonly axis: string
  readonly unit: (value: number) => string
  readonly color: string
  readonly isWithheld: boolean
  readonly points: Series["points"]
}): Html => {
  const { axis, isWithheld, points, unit } = options
  const days = points.map(({ day, estimate, high, low }) => ({ at: Date.parse(day), estimate, high, low }))
  const drawn = days.flatMap(({ at, estimate, high, low }) =>
    estimate === undefined || low === undefined || high === undefined ? [] : [{ at, estimate, high, low }]
  )
  const color = isWithheld ? "var(--withheld)" : options.color
  const scale = bounded(drawn)
  return figure({
    ...options,
    draw: ({ isNarrow }) => ({
      height: isNarrow ? 230 : 290,
      marginLeft: 58,
      marginRight: 20,
      marginTop: 34,
      marginBottom: 34,
      x: {
        type: "utc",
        label: null,
        ticks: isNarrow ? 4 : 7,
        tickSize: 0,
        ...days.length > 0 && { domain: [days[0]!.at, days.at(-1)!.at] }
      },
      y: {
        label: axis,
        labelArrow: "none",
        domain: scale,
        ticks: 6,
        tickFormat: (value: number) => unit(value),
        tickSize: 0
      },
      marks: [
        Plot.gridY({ stroke: "var(--line)", strokeOpacity: 1, ticks: 6 }),
        Plot.areaY(drawn, {
          x: "at",
          y1: ({ low }) => Math.max(low, scale[0]),
          y2: ({ high }) => Math.min(high, scale[1]),
          fill: color,
          fillOpacity: isWithheld ? 0.14 : 0.22
        }),
        Plot.ruleY([0], { stroke: "var(--ink)", strokeWidth: 1.5 }),
        Plot.lineY(drawn, {
          x: "at",
          y: "estimate",
          stroke: color,
          strokeWidth: 2.5,
          ...isWithheld && { strokeDasharray: "5,5" }
        }),
        Plot.dot(drawn, {
          x: "at",
          y: "estimate",
          r: isNarrow ? 2 : 3.5,
          fill: color,
          stroke: isNarrow ? "none" : "var(--card)"
        }),
        ...drawn.length === 0
          ? [Plot.text(["no day with enough data yet"], { frameAnchor: "middle", fill: "var(--soft)" })]
          : withheld(isWithheld)
      ]
    })
  })
}

/** The first days have intervals so wide that they would flatten the rest: three times the last one is shown. */
const bounded = (
  points: ReadonlyArray<{ readonly estimate: number; readonly low: number; readonly high: number }>
): readonly [number, number] => {
  const last = points.at(-1)
  if (last === undefined) return [-0.01, 0.01]
  const reach = 3 * (last.high - last.low)
  const middle = last.estimate
  const values = points.flatMap(({ estimate, high, low }) => [
    Math.max(low, middle - reach),
    Math.min(high, middle + reach),
    Math.min(Math.max(estimate, middle - reach), middle + reach)
  ])
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)]
  return low === high ? [low - 0.01, high + 0.01] : [low, high]
}
