import { afterAll, assert, beforeAll, it } from "@effect/vitest"
import * as HtmlReport from "@priceport/compare/HtmlReport"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type { Browser as Chromium } from "playwright-core"
import { suite } from "../../support/Servers.ts"
import * as Browser from "./Browser.ts"
import * as Reports from "./Reports.ts"

const long = "a-vendor-with-a-name-that-goes-on-and-on-and-on-without-a-single-place-to-break-it"

const reports = {
  "who is ahead": Reports.better,
  "a withheld verdict": Reports.mismatched,
  "the first minute": Reports.empty,
  "a vendor with a very long name": Reports.renamed(Reports.better, { corrily: long })
}

const views = [390, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme): Browser.View => ({ width, colorScheme }))
)

/** Every view of one report, and of the others what differs. */
const some = {
  "a withheld verdict": views.slice(1, 3),
  "the first minute": views.slice(3),
  "a vendor with a very long name": views.slice(0, 1)
} as Record<string, typeof views>

suite("the page in Chromium", Browser.withoutChromium, () => {
  let browser: Chromium
  const folder = mkdtempSync(join(tmpdir(), "priceport-page-"))
  beforeAll(async () => {
    browser = await Browser.launch()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  const figures = { "a withheld verdict": 7, "the first minute": 4 } as Record<string, number>

  for (const [name, report] of Object.entries(reports)) {
    for (const view of some[name] ?? views) {
      it(`shows ${name} at ${view.width} pixels, ${view.colorScheme}`, async () => {
        const file = join(folder, `${name}.html`)
        writeFileSync(file, HtmlReport.render(report))
        const url = pathToFileURL(file).href
        const seen = await Browser.look(browser, url, view)
        assert.deepStrictEqual(seen.complaints, [])
        assert.deepStrictEqual(seen.requests, [url])
        assert.strictEqual(seen.overflow, 0)
        assert.deepStrictEqual(seen.violations, [])
        assert.strictEqual(seen.figures.length, figures[name] ?? 11)
        for (const figure of seen.figures) {
          assert.notStrictEqual(figure.name, "")
          assert.isAtLeast(figure.letters, 11, figure.name)
          if (name !== "the first minute") assert.isAtLeast(figure.shapes, 4, figure.name)
        }
      }, 60_000)
    }
  }
})
