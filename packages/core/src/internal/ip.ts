import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"

/** Whether a text is an IPv4 or IPv6 address, without a zone. */
export const isIP = (text: string): boolean => Result.isSuccess(NetAddress.ipFromString(text))
