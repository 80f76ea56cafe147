/**
 * What the two forms of `priceport purchase` share.
 */
import type * as Purchase from "@priceport/core/domain/Purchase"
import * as Effect from "effect/Effect"
import { Flag } from "./Cli.ts"
import * as Failure from "./Failure.ts"
import * as Output from "./Output.ts"
import * as PaywallSource from "./PaywallSource.ts"
import * as Results from "./Results.ts"
import * as Vendors from "./Vendors.ts"

/** A flag that takes a text. */
export const text = (name: string, metavar: string, description: string): Flag.Flag<string> =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description))

/** The flags of every purchase. */
export const flags = {
  ...PaywallSource.flags,
  product: text("product", "P", "Required. The product's id in the store"),
  environment: text("environment", "E", "Required. Where it was bought: production or sandbox"),
  json: Output.json
}

/**
 * Has a transaction validated by the vendor that served the paywall. Its texts are what the user typed: the domain judges
 * them.
 */
export const run = (
  input: PaywallSource.PaywallSource & { readonly json: boolean },
  transaction: object
) =>
  PaywallSource.read(input, "validatePurchase").pipe(
    Effect.flatMap(({ attribution }) =>
      Effect.flatMap(Vendors.origin({ attribution }, "validatePurchase"), (vendor) =>
        vendor.validatePurchase({ attribution, transaction: transaction as Purchase.Transaction }))
    ),
    Effect.provide(Vendors.layerHttp),
    Failure.telling(input),
    Effect.flatMap(Output.print(Results.purchase, input))
  )
