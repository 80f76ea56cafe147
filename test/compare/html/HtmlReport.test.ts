import { assert, describe, it } from "@effect/vitest"
import * as HtmlReport from "@priceport/compare/HtmlReport"
import * as TextReport from "@priceport/compare/TextReport"
import { createHash } from "node:crypto"
import * as Reports from "./Reports.ts"

const page = HtmlReport.render(Reports.better)

/** The page without what is drawn and without marks. */
const wordsOf = (page: string) =>
  page.replace(/<(svg|style)[^]*?<\/\1>/g, "").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ")

describe("the page of a report", () => {
  it("loads nothing and runs nothing", () => {
    assert.notMatch(page, /<(?:script|link|img|iframe|object|embed|form|base|meta http-equiv="refresh)\b/i)
    assert.notMatch(page, /\s(?:on\w+|style|href|src)=/i)
    assert.notMatch(page, /@import|url\(/i)
    assert.match(page, /http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-/)
  })

  it("allows exactly the style sheet that it has", () => {
    const [, style = ""] = page.match(/<style>([^]*?)<\/style>/) ?? []
    const digest = createHash("sha256").update(style).digest("base64")
    assert.include(page, `style-src 'sha256-${digest}'`)
    assert.strictEqual(page.match(/<style/g)?.length, 1)
  })

  it("says first who is ahead, by how much, and how sure that is", () => {
    const [first = ""] = wordsOf(page).split("Can these numbers be trusted?")
    assert.include(first, "corrily is ahead of botsi: 10.8 % more revenue per customer")
    assert.include(first, "a difference of +$0.17 (+10.8 %), with a 95 % interval from +$0.04 to +$0.30")
  })

  it("says why there is no verdict, and draws no effect", () => {
    const withheld = HtmlReport.render(Reports.mismatched)
    const words = wordsOf(withheld)
    assert.include(words, "No verdict: the split is not the planned one")
    assert.include(words, "19,402 to 18,041 customers")
    assert.include(words, "Withheld. Curves of numbers that cannot be trusted would only mislead")
    assert.notMatch(withheld, /difference with its interval, day by day|ahead of/)
  })

  it("draws numbers of a withheld verdict as such where a report has them", () => {
    const { gates, verdict } = Reports.mismatched
    const withheld = HtmlReport.render({ ...Reports.better, gates, verdict })
    assert.match(withheld, /withheld: decides nothing/)
    assert.include(wordsOf(withheld), "What is drawn below decides nothing")
    assert.notMatch(page, /withheld: decides nothing/)
  })

  it("has a table with the same numbers beside every plot", () => {
    const plots = Array.from(page.matchAll(/<div class="plot wide">([^]*?)<\/section>/g), ([, after = ""]) => after)
    assert.strictEqual(plots.length, 11)
    // All metrics at a glance are in the table of all effects, in a section of its own.
    assert.strictEqual(plots.filter((after) => after.includes("<table>")).length, 10)
    for (const { points } of Reports.better.series) {
      for (const { day } of points) assert.include(page, `<th scope="row">${day}`)
    }
    for (const text of ["+0.63 points", "19,350", "33,511.97", "0.65 %", "180 ms"]) assert.include(wordsOf(page), text)
  })

  it("names what every estimate needs: n, kind of interval, alpha, what was left out, seed", () => {
    const words = wordsOf(page)
    for (const text of ["19,388", "19,402", "confidence sequence", "0.05", "overrides: 3", "Seed none"]) {
      assert.include(words, text)
    }
  })

  it("takes names for text, whatever is in them", () => {
    const hostile = `</title><script>alert(1)</script>"'><img src=x onerror=alert(1)> &amp; \u202Eevil`
    const hurt = HtmlReport.render(
      Reports.renamed(Reports.better, { corrily: hostile, "botsi-or-corrily": hostile, "overrides": "overrides" })
    )
    assert.notMatch(hurt, /<script|<img|\u202E/)
    assert.include(hurt, "&lt;script&gt;alert(1)&lt;/script&gt;")
    assert.include(hurt, "&amp;amp;")
  })

  it("has no number that is none", () => {
    for (const report of [Reports.better, Reports.mismatched, Reports.undecided, Reports.empty]) {
      assert.notMatch(HtmlReport.render(report), /\bNaN\b|Infinity|undefined|\[object/)
    }
  })

  it("is the same for the same report", () => {
    assert.strictEqual(HtmlReport.render(Reports.better), page)
  })
})

describe("the verdict in words", () => {
  it("tells how many customers more it takes while nothing is decided", () => {
    const { headline, sentences, tone } = TextReport.verdict(Reports.undecided)
    assert.deepStrictEqual([tone, headline], ["open", "No winner yet in revenue per customer"])
    assert.include(sentences.join(" "), "takes 61,000 customers in all, about 8 more days at this pace")
  })

  it("names the control as the winner where the other arm is worse", () => {
    const verdict = { _tag: "Worse", arms: ["corrily"] } as const
    const { headline, tone } = TextReport.verdict({ ...Reports.better, verdict })
    assert.strictEqual(tone, "behind")
    assert.match(headline, /^botsi is ahead of corrily/)
  })

  it("calls nobody the winner who breaks a guardrail", () => {
    const verdict = { _tag: "GuardrailBroken", arm: "corrily", guardrails: ["slowAnswers"] } as const
    const { headline, sentences, tone } = TextReport.verdict({ ...Reports.better, verdict })
    assert.deepStrictEqual([tone, headline], ["withheld", "corrily is ahead in revenue per customer, but at a price"])
    assert.match(sentences[0]!, /guardrail for slow answers/)
  })

  it("says of unsound data which checks they failed, and how often", () => {
    const refusal = { _tag: "UnsoundData", checks: ["customersInTwoArms"] } as never
    const { sentences } = TextReport.verdict({ ...Reports.better, verdict: { _tag: "Withheld", at: "data", refusal } })
    assert.include(sentences[0]!, "12 of 40,008: customers assigned to several arms")
  })

  it("puts arms and effects into tables, and none of what is withheld", () => {
    const { columns, rows } = TextReport.effects(Reports.better)
    assert.strictEqual(rows.length, 3)
    for (const row of rows) assert.strictEqual(row.length, columns.length)
    assert.deepStrictEqual(rows[0], [
      "Revenue per customer",
      "corrily",
      "+$0.17",
      "+$0.04 to +$0.30",
      "+10.8 %",
      "38,790",
      "confidence sequence, 95 %",
      "yes"
    ])
    assert.deepStrictEqual(TextReport.effects(Reports.mismatched).rows, [])
    assert.deepStrictEqual(TextReport.arms(Reports.better).rows[1]?.slice(0, 4), [
      "corrily",
      "treatment",
      "19,997",
      "19,388"
    ])
  })
})
