import type { ProviderId } from "@priceport/core/domain/Identifier"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Kind } from "../OutboxStore.ts"

/** Counts and gauges, each with labels out of closed sets and the ids of your providers, never a customer's. */
const counter = (name: string, description: string) => Metric.counter(name, { description, incremental: true })

const series = {
  accepted: counter("priceport_outbox_accepted_total", "Entries that were stored"),
  delivered: counter("priceport_outbox_delivered_total", "Entries that the vendor has"),
  failed: counter("priceport_outbox_failed_attempts_total", "Attempts that are to be repeated, by reason"),
  dead: counter("priceport_outbox_dead_total", "Entries that were given up, by reason"),
  shed: counter("priceport_outbox_shed_total", "Entries refused for want of room"),
  queued: Metric.gauge("priceport_outbox_queued", { description: "Entries accepted and not settled" }),
  laneOpen: Metric.gauge("priceport_outbox_lane_open", { description: "1 while only probes are sent" })
}

const labelled = new Map<string, Metric.Metric<number, unknown>>()

const update = (
  name: keyof typeof series,
  labels: { readonly provider: ProviderId; readonly kind?: Kind; readonly reason?: string },
  value: number
): Effect.Effect<void> =>
  Effect.suspend(() => {
    const key = `${name} ${labels.provider} ${labels.kind} ${labels.reason}`
    const metric = labelled.get(key) ??
      Metric.withAttributes(series[name] as Metric.Metric<number, unknown>, { ...labels })
    labelled.set(key, metric)
    return Metric.update(metric, value)
  })

export const accepted = (provider: ProviderId, kind: Kind) => update("accepted", { provider, kind }, 1)

export const shed = (provider: ProviderId, kind: Kind) => update("shed", { provider, kind }, 1)

export const delivered = (provider: ProviderId, kind: Kind, count: number) =>
  update("delivered", { provider, kind }, count)

export const failed = (provider: ProviderId, kind: Kind, reason: string, count: number) =>
  update("failed", { provider, kind, reason }, count)

export const dead = (provider: ProviderId, kind: Kind, reason: string, count: number) =>
  update("dead", { provider, kind, reason }, count)

export const queued = (provider: ProviderId, kind: Kind, count: number) => update("queued", { provider, kind }, count)

export const laneOpen = (provider: ProviderId, open: boolean) => update("laneOpen", { provider }, open ? 1 : 0)
