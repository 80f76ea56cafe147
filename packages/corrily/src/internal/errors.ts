import type { Refusal } from "@priceport/core/provider/VendorClient"
import * as Predicate from "effect/Predicate"

/**
 * Corrily's error bodies: `{ success: false, error_message }` of its apps, `{ success: false, message }` of its other
 * pages. `success: false` is a failure under any HTTP status.
 */
export const refusal = (body: unknown): Refusal | undefined => {
  if (!Predicate.isObject(body)) return undefined
  const { code, error, error_message, message, pricing_page, status, success } = body as Record<string, unknown>
  const detail = [error_message, message, error].find(Predicate.isString)
  if (success === true || (success !== false && (detail === undefined || pricing_page !== undefined))) return undefined
  return {
    status: Predicate.isNumber(status) ? status : undefined,
    code: Predicate.isString(code) ? code : undefined,
    detail
  }
}
