/**
 * Who Corrily has seen, and what each was given for good.
 *
 * Corrily knows a visitor by user id, else by IP address; both together link the two. With neither, this simulator does
 * what an adapter must fear: it takes the connection's address, so that everybody behind one server is one visitor.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as CorrilyPrice from "./CorrilyPrice.ts"
import type { GetPaywall } from "./CorrilyRequest.ts"
import * as Currency from "./Currency.ts"
import * as Seeded from "./Seeded.ts"

/**
 * One visitor.
 *
 * @category models
 * @since 0.1.0
 */
export interface Visitor {
  /** What the visitor is known by; `connection` when the request named nobody. */
  readonly kind: "user_id" | "ip" | "connection"
  readonly id: string
  readonly arm: CorrilyPrice.Arm
  /** The paywall that the visitor keeps. */
  readonly paywallId: number
  /** The fetches that enrolled. */
  readonly exposures: number
  /** The IP address whose arm and prices the user took over. */
  readonly linkedFrom?: string
}

/** What one fetch is answered with. */
interface Assignment {
  readonly paywallId: number
  readonly quote: CorrilyPrice.Quote
}

/** The visitors so far. */
export interface CorrilyVisitors {
  readonly all: () => ReadonlyArray<Visitor>
  /** The fetches with `run_experiment: false`, which enrol nobody. */
  readonly unenrolled: () => number
  /** The fetches that named nobody. */
  readonly connectionKeyed: () => number
  readonly assign: (request: GetPaywall, remoteAddress: string, options: {
    /** The paywall for a visitor who has none yet. */
    readonly paywallId: number
    /** An arm that is not drawn. */
    readonly arm: CorrilyPrice.Arm | undefined
  }) => Effect.Effect<Assignment>
}

/** Nobody yet. */
export const make = (seed: Seeded.Seed): CorrilyVisitors => {
  const visitors = new Map<string, { readonly visitor: Visitor; readonly assignment: Assignment }>()
  const draws = new Map<string, number>()
  let unenrolled = 0
  let connectionKeyed = 0

  const assign: CorrilyVisitors["assign"] = Effect.fnUntraced(function*(request, remoteAddress, options) {
    const [kind, id] = identityOf(request, remoteAddress)
    const key = `${kind}/${id}`
    connectionKeyed += kind === "connection" ? 1 : 0
    if (request.run_experiment === false) {
      unenrolled += 1
      return { paywallId: options.paywallId, quote: quoteOf(request, "baseline") }
    }
    const draw = (draws.get(key) ?? 0) + (request.override === true ? 1 : 0)
    draws.set(key, draw)
    const own = visitors.get(key)
    const linked = own === undefined && kind === "user_id" && request.ip !== undefined
      ? visitors.get(`ip/${request.ip}`)
      : undefined
    const saved = request.override === true ? undefined : own ?? linked
    const arm = saved?.visitor.arm ?? options.arm ??
      CorrilyPrice.armOf(yield* Seeded.draw(seed, "arm", kind, id, draw))
    const assignment = saved?.assignment ?? { paywallId: options.paywallId, quote: quoteOf(request, arm) }
    const linkedFrom = own?.visitor.linkedFrom ?? linked?.visitor.id
    const visitor: Visitor = {
      kind,
      id,
      arm,
      paywallId: assignment.paywallId,
      exposures: (own?.visitor.exposures ?? 0) + 1,
      ...(linkedFrom === undefined ? {} : { linkedFrom })
    }
    visitors.set(key, { visitor, assignment })
    return request.override_currency === true
      ? { ...assignment, quote: { ...assignment.quote, shownIn: request.currency } }
      : assignment
  })

  return {
    all: () => Array.from(visitors.values(), ({ visitor }) => visitor),
    unenrolled: () => unenrolled,
    connectionKeyed: () => connectionKeyed,
    assign
  }
}

const identityOf = (request: GetPaywall, remoteAddress: string): readonly [Visitor["kind"], string] => {
  if (request.user_id !== undefined) {
    return ["user_id", request.user_id]
  }
  return request.ip === undefined ? ["connection", remoteAddress] : ["ip", request.ip]
}

const quoteOf = (request: GetPaywall, arm: CorrilyPrice.Arm): CorrilyPrice.Quote => {
  const country = request.country ?? "US"
  return { arm, country, currency: request.currency ?? Currency.ofCountry(country).currency }
}
