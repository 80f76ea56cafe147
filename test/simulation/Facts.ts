import type { FallbackBundle } from "@priceport/core"
import type { Circuit } from "./Circuit.ts"
import type { Ledger } from "./Ledger.ts"
import type { Settings } from "./Settings.ts"
import type { Vendor } from "./Vendor.ts"

/** What a world is judged by. */
export interface Facts {
  readonly settings: Settings
  readonly vendor: Vendor
  readonly ledger: Ledger
  readonly circuit: Circuit
  readonly bundle: FallbackBundle.FallbackBundle | undefined
  /** Whether the stack's scope is open still. */
  open: boolean
}
