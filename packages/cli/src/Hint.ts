/**
 * What a user can do about a failure.
 */
import type { Problem } from "./Failure.ts"

/** One or two sentences for one failure. */
export const of = ({ operation, provider, reason }: Problem): string => {
  const { field = "", retryAfterMs } = reason
  switch (reason._tag) {
    case "InvalidRequest":
      return ofField(field)
    case "Unsupported":
      return `${provider} does not do this at all, so nothing was sent.`
    case "Unattributable":
      return "Only a purchase of a paywall that a vendor served can be validated; nothing was sent."
    case "AttributionMismatch":
      return "Give the paywall or its token exactly as `paywall --json` printed it, and a token with the keys that sealed it; nothing was sent."
    case "Unauthorized":
      return `Check the key: it must be one of ${provider}'s server side, and of this account.`
    case "Forbidden":
      return `The key is known but may not do this: check its rights in the dashboard of ${provider}.`
    case "NotFound":
      if (operation.startsWith("outbox ")) return "`priceport outbox dead` lists the ids of what was given up."
      if (operation === "updateAttribute") return "Check --id: it is the id that adding the attribute printed."
      return `Check the placement and the customer: both must exist at ${provider}${
        provider === "botsi" ? "; `priceport profile create` creates a customer" : ""
      }.`
    case "Rejected":
      return `${provider} will not take this request, so sending it again does not help.`
    case "RateLimited":
    case "Unavailable":
      if (operation.startsWith("outbox ")) {
        return "Check --store or PRICEPORT_OUTBOX: the file must be there, a server must answer."
      }
      return retryAfterMs === undefined
        ? "Try again in a while: the request itself is fine."
        : `Try again in ${Math.ceil(retryAfterMs / 1000)} seconds, not earlier.`
    case "Timeout":
      return operation === "getPaywall" ? "Try again, or give it more time with --timeout." : again(operation)
    case "Transport":
      return `Check the network, and ${provider.toUpperCase()}_BASE_URL if you set it.${
        reason.sent === "maybe" && operation !== "getPaywall" ? ` ${again(operation)}` : ""
      }`
    case "InvalidResponse":
      return `Check that the base URL is really ${provider}'s API; otherwise its answers have changed: please report it.`
    case "InUse":
      return "Stop the application that has it open, or do this in the application itself."
    case "Incompatible":
      return "Check --store, --schema and --prefix: what is there is not the outbox of an application of this version."
    default:
      return "Please report this: it should not happen here."
  }
}

/** What a call that may have arrived allows. Botsi counts an impression once; of the others no page promises that. */
const again = (operation: string): string =>
  operation === "recordImpression" || operation === "updateAttribute"
    ? "Try again: it may have arrived, and a second time does no harm."
    : "It may have arrived: look at the vendor's dashboard before you send it again."

/** How a field of the domain, or of a vendor's client, is given on the command line. */
const ofField = (field: string): string => {
  if (field === "PRICEPORT_SEALING_KEYS") {
    return "Set it for this command to the value that sealed, or that is to seal; `priceport key new` makes one."
  }
  if (field === "PRICEPORT_OUTBOX") {
    return "Name the outbox with --store, or in this variable: a file, or a server's URL."
  }
  if (/^[A-Z_]+$/.test(field)) return `Set it for this command: export ${field}=...`
  const flag = flags.find(([pattern]) => pattern.test(field))?.[1] ?? sameName(field)
  return `It is given with ${flag}.`
}

const flags: ReadonlyArray<readonly [pattern: RegExp, flag: string]> = [
  [/^paywall$/, "--paywall: a file, or - for standard input, that holds what `priceport paywall ... --json` printed"],
  [/^attribution/, "--paywall or --attribution"],
  [/^(customer\.(id|profiles)|customerUserId|profileId)/, "--customer or --profile-id; --ip will do at Corrily"],
  [/^customer\.attributes/, "--attribute"],
  [/^options/, "--options"],
  [/productId$/, "--product"],
  [/^transaction\.price/, "--one-time"],
  [/^transaction\.offer\.pricingPhases/, "--phase"],
  [/^transaction\.offer\.basePlanId/, "--base-plan"],
  [/^transaction\.offer/, "--offer"],
  [/^attrId$/, "--id"],
  [/^custom\b/, "--key and --value, or --set"]
]

/** `--store-country` for `customer.storeCountry`. */
const sameName = (field: string): string =>
  `--${field.slice(field.lastIndexOf(".") + 1).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
