import * as Plot from "@observablehq/plot"
import type { Html } from "./html.ts"
import { figure, gridX, withheld, zero } from "./plot.ts"

/** An estimate with its interval. Without one, `label` says why. */
export interface Row {
  readonly label: string
  readonly color: string
  readonly interval?: { readonly low: number; readonly estimate: number; readonly high: number } | undefined
}

/** Estimates with their intervals, one below the other, each under its label. */
export const intervals = (options: {
  readonly name: string
  readonly title: string
  readonly says: string
  readonly wide: number
  readonly axis: string
  readonly unit: (value: number) => string
  readonly hasZero: boolean
  readonly isWithheld: boolean
  readonly rows: ReadonlyArray<Row>
}): Html => {
  const { axis, hasZero, isWithheld, rows, unit } = options
  const measured = rows.flatMap(({ color, interval, label }) =>
    interval === undefined ? [] : [{ color, label, ...interval }]
  )
  const ends = measured.flatMap(({ high, low }) => [low, high])
  const color = isWithheld ? () => "var(--withheld)" : (row: { readonly color: string }) => row.color
  return figure({
    ...options,
    draw: ({ isNarrow }) => ({
      height: rows.length * 54 + 62,
      marginLeft: 12,
      marginRight: 18,
      marginTop: 22,
      marginBottom: 40,
      x: {
        label: axis,
        labelAnchor: "center",
        labelArrow: "none",
        domain: domain(hasZero ? [0, ...ends] : ends),
        ticks: isNarrow ? 4 : 7,
        tickFormat: (value: number) => unit(value),
        tickSize: 0
      },
      y: { type: "point", axis: null, domain: rows.map(({ label }) => label), padding: 0.5 },
      marks: [
        gridX({ ticks: isNarrow ? 4 : 7 }),
        ...hasZero ? [zero()] : [],
        Plot.text(rows, {
          y: "label",
          text: ({ interval, label }: Row) => interval === undefined ? label : `${label}: ${unit(interval.estimate)}`,
          frameAnchor: "left",
          dy: -12,
          fontWeight: 600,
          stroke: "var(--card)",
          strokeWidth: 5,
          fill: "var(--ink)"
        }),
        Plot.link(measured, {
          x1: "low",
          x2: "high",
          y: "label",
          dy: 8,
          stroke: color,
          strokeWidth: 5,
          strokeLinecap: "round",
          strokeOpacity: 0.55,
          ...isWithheld && { strokeDasharray: "2,9" }
        }),
        Plot.dot(measured, {
          x: "estimate",
          y: "label",
          dy: 8,
          r: 6,
          fill: color,
          stroke: "var(--card)",
          strokeWidth: 1.5
        }),
        ...withheld(isWithheld)
      ]
    })
  })
}

/** Room on both sides, and never nothing. */
const domain = (values: ReadonlyArray<number>): readonly [number, number] => {
  const [low, high] = values.length === 0 ? [-1, 1] : [Math.min(...values), Math.max(...values)]
  const room = (high - low || Math.abs(high) || 1) * 0.06
  return [low - room, high + room]
}
