/**
 * A report as one page for a browser: nothing is loaded, nothing runs.
 *
 * All plots are drawn beforehand, once for narrow and once for wide windows, and each has a table with the same numbers. The
 * page follows the reader's light or dark setting. It holds names of arms and vendors, and no customer.
 *
 * Drawing takes a library of plots: import this module where a page is made, not where an application starts.
 *
 * @since 0.4.0
 */
import { html } from "./internal/html.ts"
import { customers } from "./internal/htmlCustomers.ts"
import { delivery } from "./internal/htmlDelivery.ts"
import { effects } from "./internal/htmlEffects.ts"
import { page } from "./internal/htmlPage.ts"
import { plan } from "./internal/htmlPlan.ts"
import { evidence, trust } from "./internal/htmlTrust.ts"
import { header, verdict } from "./internal/htmlVerdict.ts"
import * as Colors from "./internal/reportColors.ts"
import type { Report } from "./Report.ts"

/**
 * The text of the page, UTF-8.
 *
 * @category conversions
 * @since 0.4.0
 */
export const render = (report: Report): string => {
  const colors = Colors.make(report)
  return page(
    `${report.experiment}: who earns more`,
    html`${header(report)}
<main>
${verdict(report, colors)}
${trust(report)}
${effects(report, colors)}
${evidence(report, colors)}
${customers(report, colors)}
${delivery(report, colors)}
${plan(report)}
</main>
<footer>Made by <code>priceport compare report</code>. The same numbers as JSON: add <code>--json</code>.</footer>`
  )
}
