import * as Duration from "effect/Duration"
import type { Options } from "../Outbox.ts"
import type { Capacity, Kind } from "../OutboxStore.ts"

/** The options of an outbox, filled in and in milliseconds. */
export interface Settings {
  readonly repeatPurchases: boolean
  readonly restore: "move" | "refuse"
  readonly window: number
  readonly batch: number
  readonly concurrency: number
  readonly rate: number | undefined
  readonly timeout: number
  readonly lease: number
  readonly capacity: Capacity
  readonly horizon: { readonly [K in Kind]: number }
  readonly overtakeAfter: number
  readonly openAfter: number
  readonly keep: { readonly [K in Kind | "dead" | "note"]: number }
  readonly shutdownWithin: number
}

/** How long a lease lasts beyond the call it covers, to settle what came of it. */
const toSettle = 5_000

const day = 86_400_000

export const make = (options: Options): Settings => {
  const timeout = millis(options.timeout ?? "10 seconds", "timeout")
  const lease = millis(options.lease ?? "1 minute", "lease")
  if (lease < timeout + toSettle) {
    throw new RangeError(`Outbox: lease must be at least ${toSettle} ms longer than timeout`)
  }
  return {
    repeatPurchases: options.repeatPurchases ?? true,
    restore: options.restore ?? "refuse",
    window: millis(options.window ?? "200 millis", "window"),
    batch: whole(options.batch ?? 50, "batch"),
    concurrency: whole(options.concurrency ?? 8, "concurrency"),
    rate: options.rate === undefined ? undefined : positive(options.rate, "rate"),
    timeout,
    lease,
    capacity: {
      impressions: whole(options.capacity?.impressions ?? 200_000, "capacity.impressions"),
      total: whole(options.capacity?.total ?? 220_000, "capacity.total")
    },
    horizon: {
      impression: millis(options.horizon?.impressions ?? "72 hours", "horizon.impressions"),
      purchase: millis(options.horizon?.purchases ?? "7 days", "horizon.purchases")
    },
    overtakeAfter: millis(options.overtakeAfter ?? "1 minute", "overtakeAfter"),
    openAfter: whole(options.openAfter ?? 5, "openAfter"),
    keep: {
      impression: 3 * day,
      purchase: millis(options.keepResults ?? "30 days", "keepResults"),
      dead: millis(options.keepDead ?? "90 days", "keepDead"),
      note: 400 * day
    },
    shutdownWithin: millis(options.shutdownWithin ?? "10 seconds", "shutdownWithin")
  }
}

const millis = (input: Duration.Input, option: string): number => {
  const duration = Duration.toMillis(Duration.fromInputUnsafe(input))
  if (duration >= 0 && Number.isFinite(duration)) return duration
  throw new RangeError(`Outbox: ${option} must be a finite duration`)
}

const positive = (value: number, option: string): number => {
  if (value > 0 && Number.isFinite(value)) return value
  throw new RangeError(`Outbox: ${option} must be a number above 0, got ${value}`)
}

const whole = (value: number, option: string): number => {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new RangeError(`Outbox: ${option} must be a whole number of at least 1, got ${value}`)
}
