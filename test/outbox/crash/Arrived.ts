/** What must have arrived, and how. */
import { assert } from "@effect/vitest"
import type { Attribution } from "@priceport/core"
import type { BotsiSimulator } from "@priceport/testing/simulators"
import type { Job } from "./Job.ts"
import { transactionIdOf, transactionOf } from "./Jobs.ts"
import type { Recorded, Recorder } from "./Recorder.ts"

export const check = (
  jobs: ReadonlyArray<Job>,
  { overlaps, recorded }: Recorder,
  state: BotsiSimulator.State
): void => {
  const impressions = jobs.flatMap(({ impression }) => impression ?? [])
  const purchases = jobs.flatMap(({ purchase }) => purchase ?? [])

  // By the vendor's own rule: a user and a paywall once, a transaction once.
  assert.strictEqual(state.impressions.counted, impressions.length)
  assert.strictEqual(state.validations.credited, purchases.length)
  assert.deepStrictEqual(overlaps, [])
  // The vendor refused nothing; where there is no status, whoever asked had been killed.
  assert.deepStrictEqual(new Set(recorded.map(({ status }) => status ?? 200)), new Set([200]))

  const events = group(recorded.flatMap(eventsOf))
  assert.strictEqual(events.size, impressions.length)
  for (const { attribution } of impressions) {
    const sent = events.get(attribution!.subject.value)
    assert.deepStrictEqual(Array.from(new Set(sent), (text) => JSON.parse(text)), [
      { eventType: "paywall_shown", ...echoed(attribution!) }
    ])
  }

  const firstEvent = firstOf(recorded, eventsOf)
  const firstPurchase = firstOf(recorded, purchaseOf)
  const bodies = group(recorded.flatMap(purchaseOf))
  assert.strictEqual(bodies.size, purchases.length)
  for (const { attribution, transaction } of purchases) {
    // The same bytes, however often they were sent.
    const [body, ...others] = new Set(bodies.get(transactionIdOf(transaction)))
    assert.deepStrictEqual(others, [])
    assert.deepInclude(JSON.parse(body!), { ...echoed(attribution!), productId: transaction.productId })
    assert.isBelow(
      firstEvent.get(attribution!.subject.value)!,
      firstPurchase.get(transactionIdOf(transaction))!,
      "a purchase came before the impression that led to it"
    )
  }
}

/** How many of these have not arrived. */
export const missing = (jobs: ReadonlyArray<Job>, { recorded }: Recorder): number => {
  const events = group(recorded.flatMap(eventsOf))
  const purchases = group(recorded.flatMap(purchaseOf))
  return jobs.filter(({ impression, purchase }) =>
    !(impression === undefined
      ? purchases.has(transactionIdOf(purchase!.transaction))
      : events.has(impression.attribution!.subject.value))
  ).length
}

/** What of an attribution must come back to the vendor as it was. */
const echoed = ({ payload, subject }: Attribution.Attribution) => {
  const { id, ...rest } = payload as { readonly id: number }
  return { customerUserId: subject.value, paywallId: id, ...rest }
}

type Keyed = readonly [key: string, text: string]

/** The events of a request, by user. */
const eventsOf = ({ body, path }: Recorded): ReadonlyArray<Keyed> =>
  path.endsWith("/events")
    ? (JSON.parse(body) as ReadonlyArray<{ readonly customerUserId: string }>).map((event) => [
      event.customerUserId,
      JSON.stringify(event)
    ])
    : []

/** A purchase by its transaction. */
const purchaseOf = ({ body }: Recorded): ReadonlyArray<Keyed> => {
  const transaction = transactionOf(body)
  return transaction === undefined ? [] : [[transaction, body]]
}

/** The position of the first request of each key. */
const firstOf = (recorded: ReadonlyArray<Recorded>, keysOf: (one: Recorded) => ReadonlyArray<Keyed>) =>
  new Map(recorded.flatMap((one, index) => keysOf(one).map(([key]) => [key, index] as const)).toReversed())

const group = (keyed: ReadonlyArray<Keyed>): Map<string, Array<string>> => {
  const groups = new Map<string, Array<string>>()
  for (const [key, text] of keyed) groups.set(key, [...groups.get(key) ?? [], text])
  return groups
}
