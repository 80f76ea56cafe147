import * as Plot from "@observablehq/plot"
import type { Html } from "./html.ts"
import { figure, short } from "./plot.ts"

/** One bar: a share between 0 and 1, and what is written beside it. */
export interface Bar {
  readonly group: string
  readonly label: string
  readonly share: number
  readonly text: string
  readonly color: string
}

/** Bars in groups, each group under its name, each bar with its number. */
export const bars = (options: {
  readonly name: string
  readonly title: string
  readonly says: string
  readonly wide: number
  readonly bars: ReadonlyArray<Bar>
}): Html => {
  const groups = Array.from(new Set(options.bars.map(({ group }) => group)))
  const rows = groups.flatMap((group) => [
    { kind: "head" as const, key: `${group}\n`, group },
    ...options.bars.filter((bar) => bar.group === group).map((bar) => ({
      kind: "bar" as const,
      key: `${group}\n${bar.label}`,
      ...bar
    }))
  ])
  const shown = rows.filter((row) => row.kind === "bar")
  const largest = Math.max(0.0001, ...shown.map(({ share }) => share))
  return figure({
    ...options,
    draw: ({ isNarrow, width }) => {
      // What is written at the end of the longest bar needs its room.
      const room = isNarrow ? 165 : Math.min(230, width / 2)
      return {
        height: rows.length * 24 + 8,
        marginLeft: 2,
        marginRight: room,
        marginTop: 4,
        marginBottom: 4,
        x: { axis: null, domain: [0, largest] },
        y: { axis: null, domain: rows.map(({ key }) => key), padding: 0.16 },
        marks: [
          Plot.text(rows.filter((row) => row.kind === "head"), {
            y: "key",
            text: "group",
            frameAnchor: "left",
            textAnchor: "start",
            fontWeight: 600,
            fill: "var(--ink)"
          }),
          Plot.barX(shown, { x: "share", y: "key", fill: "color", rx: 2 }),
          Plot.text(shown, {
            x: "share",
            y: "key",
            text: ({ label, text }) => `${short(label, isNarrow ? 12 : 20)}  ${text}`,
            textAnchor: "start",
            dx: 7,
            fill: "var(--ink)"
          })
        ],
        color: { type: "identity" }
      }
    }
  })
}
