/**
 * Botsi's web-api on loopback: a real HTTP server that behaves as Botsi's pages say and refuses what they do not.
 *
 * Profiles, what was served to whom, impressions and sales are kept while it runs, so a test can ask it what an adapter
 * achieved instead of trusting the adapter. Refusals are `{ error, code }`: 400, 401 and 404 where a page says so, else 422
 * with a code that starts with `SIMULATOR_`, which is ours.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Admission from "./Admission.ts"
import * as BotsiCatalogue from "./BotsiCatalogue.ts"
import * as BotsiEndpoints from "./BotsiEndpoints.ts"
import * as BotsiLedger from "./BotsiLedger.ts"
import type { Profile } from "./BotsiProfile.ts"
import * as BotsiProfiles from "./BotsiProfiles.ts"
import * as LoopbackServer from "./LoopbackServer.ts"
import type * as Simulator from "./Simulator.ts"
import type { SimulatorError } from "./SimulatorError.ts"

export type {
  /** Who chose a paywall. */
  Arm,
  /** A placement of the dashboard. */
  Placement,
  /** A product on a paywall. */
  Product
} from "./BotsiCatalogue.ts"
export type {
  /** The sales of one arm. */
  Sales
} from "./BotsiLedger.ts"
export type {
  /** A custom attribute of a profile. */
  Attribute,
  /** A profile as Botsi answers it. */
  Profile
} from "./BotsiProfile.ts"

/**
 * How this Botsi is set up.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options extends Simulator.Options {
  /** The only accepted key; default a fixed one in the shape of Botsi's secret keys. */
  readonly secretKey?: string | undefined
  /**
   * The dashboard's placements; any other id is 404. Default: `onboarding` (drawn for each user), `settings` (no model) and
   * `ai-placement-id` (the sample of the page "Get Paywall": paywall 42, model 32).
   */
  readonly placements?: ReadonlyArray<BotsiCatalogue.Placement> | undefined
  /** Whether an unknown customerUserId is 404 (default) or gets a profile at once. An unknown profileId is always 404. */
  readonly profiles?: "required" | "implicit" | undefined
  /** Profiles that are there from the start; a missing profileId is drawn. */
  readonly customers?:
    | ReadonlyArray<{ readonly profileId?: string; readonly customerUserId?: string }>
    | undefined
}

/**
 * What a Botsi simulator knows.
 *
 * @category models
 * @since 0.1.0
 */
export interface State {
  readonly profiles: ReadonlyArray<Profile>
  readonly impressions: {
    /** Accepted events. */
    readonly received: number
    /** Each user and paywall once, as Botsi counts. */
    readonly counted: number
    /** The counted ones by arm: `true/32`, `false/32`, `false/0`, `false/null`. */
    readonly byArm: Readonly<Record<string, number>>
  }
  /** By arm, as above. */
  readonly sales: Readonly<Record<string, BotsiLedger.Sales>>
  readonly validations: {
    /** Accepted validations. */
    readonly received: number
    /** Each transaction or token once. */
    readonly credited: number
  }
}

/**
 * A running Botsi simulator.
 *
 * @category services
 * @since 0.1.0
 */
export class BotsiSimulator extends Context.Service<
  BotsiSimulator,
  Simulator.Simulator & {
    /** The key for the `Authorization` header, bare. */
    readonly secretKey: string
    readonly state: Effect.Effect<State>
  }
>()("@priceport/testing/simulators/BotsiSimulator") {}

/**
 * Starts a Botsi on loopback, until the scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options: Options = {}
): Effect.fn.Return<BotsiSimulator["Service"], SimulatorError, Scope.Scope> {
  const seed = options.seed ?? "priceport"
  const secretKey = options.secretKey ?? "sk_simulator.c2ltdWxhdGVkLWJvdHNp"
  const profiles = BotsiProfiles.make(seed, options.profiles ?? "required")
  const ledger = BotsiLedger.make()
  yield* Effect.forEach(options.customers ?? [], profiles.create)
  const door = {
    basePath: "/api/v1/web-api",
    keyHeader: "authorization",
    key: secretKey,
    foreignHeaders: ["x-api-key", "api_key"],
    endpoints: BotsiEndpoints.make({
      seed,
      profiles,
      ledger,
      placements: options.placements ?? BotsiCatalogue.defaultPlacements
    })
  }
  const server = yield* LoopbackServer.make({
    basePath: door.basePath,
    keyHeader: door.keyHeader,
    handle: (request) => Admission.admit(door, request),
    errorBody: ({ code, message }) => ({ error: message, code }),
    envelope: ({ message, status }) => ({ ok: false, message, status }),
    notOk: (status) => ({ ok: false, message: "not ok", ...(status === undefined ? {} : { status }) })
  }, options)

  return BotsiSimulator.of({
    ...server,
    secretKey,
    state: Effect.sync(() => ({ profiles: profiles.all(), ...ledger.totals() }))
  })
})

/**
 * A layer that starts a Botsi on loopback.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<BotsiSimulator, SimulatorError> =>
  Layer.effect(BotsiSimulator, make(options))
