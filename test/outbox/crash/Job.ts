import type { Impression, Purchase } from "@priceport/core"

/** Something for the outbox. */
export interface Job {
  readonly number: number
  readonly impression?: Impression.Impression
  readonly purchase?: Purchase.Purchase
}

/** What a worker is told: where its vendor is, which store it writes, and in which file its jobs are. */
export interface Order {
  readonly baseUrl: string
  readonly secretKey: string
  readonly sealingKeys: string
  readonly store: Target
  readonly jobs: string
  /** What the worker does when it has reported them all: delivers them, or reports them again until it is ended. */
  readonly ending: "flush" | "repeat"
}

/** A store that outlives its process. */
export type Target =
  | { readonly kind: "sqlite"; readonly filename: string }
  | { readonly kind: "postgres"; readonly url: string; readonly schema: string }
  | { readonly kind: "redis"; readonly url: string; readonly prefix: string }
