import AxeCore from "axe-core"
import { existsSync } from "node:fs"
import { type Browser, chromium } from "playwright-core"

const executable = [process.env["PRICEPORT_TEST_CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser"]
  .find((file) => file !== undefined && existsSync(file))

/** What is missing for `launch`. */
export const withoutChromium = executable === undefined ? "no Chromium is installed" : undefined

/** A browser that asks nobody for anything, with a profile of its own. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: executable!,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync"
    ]
  })

/** How a page is looked at. */
export interface View {
  readonly width: number
  readonly colorScheme: "light" | "dark"
}

/** What a browser found out about a page. */
export interface Seen {
  readonly complaints: ReadonlyArray<string>
  readonly requests: ReadonlyArray<string>
  readonly overflow: number
  readonly figures: ReadonlyArray<{ readonly name: string; readonly shapes: number; readonly letters: number }>
  readonly violations: ReadonlyArray<string>
}

/**
 * Opens a page and looks at it. Figures are those in sight: `shapes` are what is drawn with an extent, `letters` the size of
 * their smallest text in pixels of the screen.
 */
export const look = async (browser: Browser, url: string, { colorScheme, width }: View): Promise<Seen> => {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
  const complaints: Array<string> = []
  const requests: Array<string> = []
  const page = await context.newPage()
  page.on("console", (message) => complaints.push(message.text()))
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("request", (request) => requests.push(request.url()))
  await page.goto(url)
  const seen = await page.evaluate(() => ({
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    figures: Array.from(document.querySelectorAll("svg"), (svg) => ({
      name: svg.querySelector("title")?.textContent ?? "",
      shapes: Array.from(svg.querySelectorAll("path, rect, circle, line"))
        .filter((shape) => shape.getBoundingClientRect().width + shape.getBoundingClientRect().height > 0).length,
      letters: 12 * svg.getBoundingClientRect().width / Number(svg.getAttribute("width")),
      isInSight: svg.getBoundingClientRect().width > 0
    })).filter(({ isInSight }) => isInSight)
  }))
  const found = [...complaints]
  await page.evaluate(AxeCore.source)
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { readonly axe: typeof AxeCore }
    const { violations } = await axe.run()
    return violations.map(({ help, id, nodes }) => `${id}: ${help}: ${nodes[0]?.html ?? ""}`)
  })
  await context.close()
  return { ...seen, complaints: found, requests, violations }
}
