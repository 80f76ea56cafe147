import type { Breaker } from "@priceport/core"
import type { Attempt } from "./Vendor.ts"

/** What the breaker says of itself, as far as paywalls go, and the attempts made since. */
export interface Circuit {
  state: Breaker.State
  /** Milliseconds. */
  since: number
  probes: Array<Attempt>
}

export const make = (): Circuit => ({ state: "closed", since: -Infinity, probes: [] })

export const turn = (circuit: Circuit, { operation, to }: Breaker.Transition, now: number): void => {
  if (operation === "getPaywall") Object.assign(circuit, { state: to, since: now, probes: [] })
}
