/**
 * The results of `priceport outbox`, for programs and for people.
 */
import type { Count } from "@priceport/outbox/Backlog"
import type { DeadEntry } from "@priceport/outbox/DeadLetters"
import type { Flushed } from "@priceport/outbox/Outbox"
import * as Duration from "effect/Duration"
import type { Kind } from "./Output.ts"
import type { Style } from "./Style.ts"
import * as Table from "./Table.ts"

const plain = <A>(toText: (style: Style, value: A) => string): Kind<A> => ({ toJson: (value) => value, toText })

/** How much there is. */
export const counts: Kind<ReadonlyArray<Count>> = plain((style, counts) =>
  counts.length === 0 ? style.dim("The outbox is empty.") : Table.render(style, counts, [
    { head: "Provider", cell: ({ provider }) => provider },
    { head: "Kind", cell: ({ kind }) => kind },
    { head: "Queued", cell: ({ queued }) => String(queued) },
    { head: "Under way", cell: ({ inFlight }) => String(inFlight) },
    { head: "Delivered", cell: ({ delivered }) => String(delivered) },
    { head: "Given up", cell: ({ dead }) => String(dead) },
    { head: "Oldest", cell: ({ oldestMs }) => oldestMs === undefined ? undefined : ageOf(oldestMs) }
  ])
)

const ageOf = (ms: number) => Duration.format(Duration.seconds(Math.round(ms / 1000)))

/** What was given up. */
export const dead: Kind<ReadonlyArray<DeadEntry>> = plain((style, entries) =>
  entries.length === 0 ? style.dim("Nothing was given up.") : Table.render(style, entries, [
    { head: "Id", cell: ({ id }) => id },
    { head: "Provider", cell: ({ provider }) => provider },
    { head: "Kind", cell: ({ kind }) => kind },
    { head: "Reason", cell: ({ reason }) => reason },
    { head: "Attempts", cell: ({ attempts }) => String(attempts) },
    { head: "Accepted", cell: ({ acceptedAt }) => acceptedAt },
    { head: "Given up", cell: ({ diedAt }) => diedAt }
  ])
)

/** What a flush did. */
export const flushed: Kind<Flushed> = plain((style, { dead, delivered, pending }) =>
  `${style.bold(style.green(`${delivered} delivered`))}, ${pending} still pending, ${dead} given up`
)

/** What a redrive did. */
export const redriven: Kind<{ readonly redriven: number }> = plain((style, { redriven }) =>
  `${style.bold(style.green(String(redriven)))} queued again`
)

/** What a drop did. */
export const dropped: Kind<{ readonly dropped: number }> = plain((style, { dropped }) =>
  `${style.bold(style.green(String(dropped)))} deleted`
)
