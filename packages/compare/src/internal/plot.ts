/** Plots as static SVG: the same one for a narrow and for a wide page, so that its letters stay readable on both. */
import * as Plot from "@observablehq/plot"
import { parseHTML } from "linkedom"
import { Html, html, printable } from "./html.ts"

/** How wide the page is that a plot is drawn for. */
interface Size {
  readonly isNarrow: boolean
  readonly width: number
}

/**
 * - `name`: unlike that of any other plot of the page.
 * - `title`, `says`: what somebody who does not see it is told.
 * - `wide`: its width on a wide page, in pixels.
 */
export interface Figure {
  readonly name: string
  readonly title: string
  readonly says: string
  readonly wide: number
  readonly draw: (size: Size) => Plot.PlotOptions
}

const narrow = 330

/** A figure, to which a table with the same numbers belongs. */
export const figure = (figure: Figure): Html =>
  html`<div class="plot narrow">${svg(figure, { isNarrow: true, width: narrow })}</div>
<div class="plot wide">${svg(figure, { isNarrow: false, width: figure.wide })}</div>`

const svg = ({ draw, name, says, title }: Figure, size: Size): Html => {
  const { document } = parseHTML("<!doctype html><html><head></head><body></body></html>")
  const drawn = Plot.plot({ className: "drawn", document, width: size.width, ...draw(size) })
  // What Plot adds for itself: the page has its own styles, and allows no others.
  for (const style of drawn.querySelectorAll("style")) style.remove()
  for (const marked of [drawn, ...drawn.querySelectorAll("[style]")]) marked.removeAttribute("style")
  for (const marked of drawn.querySelectorAll("[aria-label], [aria-hidden]")) {
    marked.removeAttribute("aria-label")
    marked.removeAttribute("aria-hidden")
  }
  const id = `${name}-${size.isNarrow ? "narrow" : "wide"}`
  drawn.setAttribute("role", "img")
  drawn.setAttribute("font-size", "12")
  drawn.setAttribute("aria-labelledby", `${id}-title`)
  drawn.setAttribute("aria-describedby", `${id}-says`)
  for (const [tag, text] of [["desc", says], ["title", title]] as const) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag)
    element.setAttribute("id", `${id}-${tag === "desc" ? "says" : "title"}`)
    element.textContent = text
    drawn.prepend(element)
  }
  return new Html(printable(drawn.outerHTML))
}

/** A name that fits beside a bar. */
export const short = (name: string, length = 18): string =>
  name.length > length ? `${name.slice(0, length - 1)}…` : name

/** The zero line, which decides. */
export const zero = (options: Plot.RuleXOptions = {}) =>
  Plot.ruleX([0], { stroke: "var(--ink)", strokeWidth: 1.5, ...options })

/** Faint lines behind what is measured. */
export const gridX = (options: Plot.GridXOptions = {}) =>
  Plot.gridX({ stroke: "var(--line)", strokeOpacity: 1, ...options })

/** Said across a plot that decides nothing. */
export const withheld = (isWithheld: boolean) =>
  isWithheld
    ? [Plot.text(["withheld: decides nothing"], {
      frameAnchor: "top-right",
      dy: -14,
      fill: "var(--withheld)",
      fontWeight: 600
    })]
    : []
