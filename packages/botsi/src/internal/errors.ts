import type { Refusal } from "@priceport/core/provider/VendorClient"
import * as Predicate from "effect/Predicate"

/**
 * Botsi's error bodies: `{ error, code }` of its guide to issues, `{ ok: false, message, status }` of its first iOS SDK.
 * A body with the words of an error and no data is one, whatever the HTTP status.
 */
export const refusal = (body: unknown): Refusal | undefined => {
  if (!Predicate.isObject(body)) return undefined
  const { code, data, error, message, ok, status } = body as Record<string, unknown>
  const detail = [message, error].find(Predicate.isString)
  if (ok === true || (ok !== false && (detail === undefined || data !== undefined))) return undefined
  return {
    status: Predicate.isNumber(status) ? status : undefined,
    code: Predicate.isString(code) ? code : undefined,
    detail
  }
}
