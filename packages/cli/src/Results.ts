/**
 * The results of the port, for programs and for people.
 */
import { ImpressionOutcome } from "@priceport/core/domain/Impression"
import { Paywall } from "@priceport/core/domain/Paywall"
import type { Product } from "@priceport/core/domain/Product"
import { type Entitlement, ValidatedPurchase } from "@priceport/core/domain/Purchase"
import * as Output from "./Output.ts"
import { printable, type Style } from "./Style.ts"
import * as Table from "./Table.ts"

/** What to show, as a table of products. */
export const paywall: Output.Kind<Paywall> = Output.kind(Paywall, (style, paywall) => {
  const { attempts, notes, source } = paywall.provenance
  const took = attempts.length === 0 ? "" : `, ${attempts.reduce((sum, { ms }) => sum + ms, 0)} ms`
  return [
    `${style.bold(printable(paywall.name ?? paywall.externalId ?? paywall.id))}  ${
      style.dim(
        printable(`${paywall.provider} paywall ${paywall.id}, placement ${paywall.placement}, ${source}${took}`)
      )
    }`,
    `Experiment: ${experimentOf(style, paywall.experiment)}`,
    "",
    paywall.products.length === 0 ? style.dim("No products.") : Table.render(style, paywall.products, columns),
    ...notes.map(({ issue, path }) => style.yellow(printable(`Left out: ${path}: ${issue}`))),
    ...(paywall.attributionToken === undefined ? [] : ["", `Attribution token: ${paywall.attributionToken}`])
  ].join("\n")
})

const experimentOf = (style: Style, experiment: Paywall["experiment"]): string => {
  const tag = style.cyan(experiment._tag)
  switch (experiment._tag) {
    case "Treatment":
      return `${tag}${variantOf(experiment)} (the vendor's model chose this one)`
    case "Control":
      return `${tag}${variantOf(experiment)} (the comparison group)`
    case "None":
      return `${tag} (no experiment ran)`
    case "Unknown":
      return `${tag} (the vendor does not tell)`
  }
}

const variantOf = ({ variant }: { readonly variant?: string }) =>
  variant === undefined ? "" : printable(`, variant ${variant}`)

const columns: ReadonlyArray<Table.Column<Product>> = [
  { head: "Product", cell: ({ id }) => id },
  { head: "Name", cell: ({ name }) => name },
  { head: "Price", cell: ({ price }) => price && [price.display, price.currency].filter(Boolean).join(" ") },
  { head: "USD", cell: ({ price }) => price?.usd },
  { head: "Every", cell: ({ period }) => period && periodOf(period) },
  { head: "Trial", cell: ({ trial }) => trial && `${trial.days} days` },
  { head: "Base plan", cell: ({ basePlanId }) => basePlanId },
  {
    head: "Offers",
    cell: ({ discountId, offerIds, promotionalOfferId, winBackOfferId }) =>
      [...offerIds, promotionalOfferId, discountId, winBackOfferId].filter(Boolean).join(", ")
  }
]

const periodOf = ({ count, unit, vendor }: NonNullable<Product["period"]>): string => {
  if (unit === "once") return "once"
  const name = unit === "unknown" ? vendor ?? unit : unit
  return count === 1 ? name : `${count} ${name}s`
}

/** What became of an impression. */
export const impression: Output.Kind<ImpressionOutcome> = Output.kind(ImpressionOutcome, (style, outcome) => {
  const tag = style.bold(style.green(outcome._tag))
  switch (outcome._tag) {
    case "Recorded":
      return `${tag}: the vendor took it, and counts one for each customer and paywall`
    case "Duplicate":
      return `${tag}: it had been recorded before`
    case "ImplicitOnFetch":
      return `${tag}: the vendor counted it when the paywall was fetched; nothing was sent`
    case "NotCounted":
      return `${tag}: nothing was sent, since ${outcome.why}`
    case "Queued":
      return `${tag}: it will be sent later`
  }
})

/** What the vendor says after it validated a purchase. */
export const purchase: Output.Kind<ValidatedPurchase> = Output.kind(ValidatedPurchase, (style, validated) => {
  const { entitlements, id, profileId, state, totalRevenueUsd } = validated.customer
  const facts = [
    ["Customer", [id, profileId && `profile ${profileId}`].filter(Boolean).join(", ")],
    ["State", state],
    ["Trial", validated.trial === undefined ? "the store does not tell" : validated.trial ? "yes" : "no"],
    ["Revenue", totalRevenueUsd === undefined ? undefined : `$${totalRevenueUsd.toFixed(2)} in all`]
  ].flatMap(([name, value]) => value ? [`${name}: ${printable(value)}`] : [])
  return [
    `${style.bold(style.green("Validated"))} by ${validated.provider}`,
    ...facts,
    ...(entitlements.length === 0 ? [] : ["", Table.render(style, entitlements, entitlementColumns)])
  ].join("\n")
})

const entitlementColumns: ReadonlyArray<Table.Column<Entitlement>> = [
  { head: "Entitlement", cell: ({ key }) => key },
  { head: "Active", cell: ({ active }) => yesNo(active) },
  { head: "Product", cell: ({ productId }) => productId },
  { head: "Store", cell: ({ store }) => store },
  { head: "Until", cell: ({ expiresAt }) => expiresAt },
  { head: "Renews", cell: ({ willRenew }) => yesNo(willRenew) },
  { head: "Refunded", cell: ({ refunded }) => yesNo(refunded) }
]

const yesNo = (value: boolean | undefined) => value === undefined ? undefined : value ? "yes" : "no"
