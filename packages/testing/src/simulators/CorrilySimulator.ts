/**
 * Corrily's `/v1/paywall` on loopback: a real HTTP server that behaves as Corrily's page says and refuses what it does not.
 *
 * There is one endpoint, and fetching is the exposure: no other call counts a visitor. Corrily documents no refusal at all:
 * here a wrong key is 401, an unknown path 404, an unknown `paywall_id` 400 and everything else 422, each with a
 * `SIMULATOR_` code beside the `error_message` that the vendor's mobile SDKs read.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Record from "effect/Record"
import type * as Scope from "effect/Scope"
import * as Admission from "./Admission.ts"
import * as CorrilyCatalogue from "./CorrilyCatalogue.ts"
import * as CorrilyRequest from "./CorrilyRequest.ts"
import * as CorrilyVisitors from "./CorrilyVisitors.ts"
import * as LoopbackServer from "./LoopbackServer.ts"
import * as Refusal from "./Refusal.ts"
import type * as Simulator from "./Simulator.ts"
import type { SimulatorError } from "./SimulatorError.ts"
import type { Answer } from "./Vendor.ts"

export type {
  /** A paywall of the dashboard. */
  Paywall,
  /** A product on a paywall. */
  Product
} from "./CorrilyCatalogue.ts"
export type {
  /** A visitor's arm of the price experiment. */
  Arm
} from "./CorrilyPrice.ts"
export type {
  /** One visitor. */
  Visitor
} from "./CorrilyVisitors.ts"

/**
 * How this Corrily is set up.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options extends Simulator.Options {
  /** The only accepted key; default a fixed one. */
  readonly apiKey?: string | undefined
  /** The dashboard's paywalls, the first for everybody who asks for none; default 501 and 502. Any other id is refused. */
  readonly paywalls?: ReadonlyArray<CorrilyCatalogue.Paywall> | undefined
}

/**
 * What a Corrily simulator knows.
 *
 * @category models
 * @since 0.1.0
 */
export interface State {
  readonly visitors: ReadonlyArray<CorrilyVisitors.Visitor>
  /** The fetches that enrolled, of all visitors together. */
  readonly exposures: number
  /** The visitors of each arm. */
  readonly arms: Readonly<Record<string, number>>
  /** The fetches with `run_experiment: false`. */
  readonly unenrolled: number
  /** The fetches that named nobody, and were keyed on the connection's address: an adapter keeps this at 0. */
  readonly connectionKeyed: number
}

/**
 * A running Corrily simulator.
 *
 * @category services
 * @since 0.1.0
 */
export class CorrilySimulator extends Context.Service<
  CorrilySimulator,
  Simulator.Simulator & {
    /** The key for the `X-Api-Key` header. */
    readonly apiKey: string
    readonly state: Effect.Effect<State>
  }
>()("@priceport/testing/simulators/CorrilySimulator") {}

/**
 * Starts a Corrily on loopback, until the scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options: Options = {}
): Effect.fn.Return<CorrilySimulator["Service"], SimulatorError, Scope.Scope> {
  const apiKey = options.apiKey ?? "corrily-simulator-key"
  const paywalls = options.paywalls ?? CorrilyCatalogue.defaultPaywalls
  const visitors = CorrilyVisitors.make(options.seed ?? "priceport")
  const door: Admission.Options<Answer> = {
    basePath: "",
    keyHeader: "x-api-key",
    key: apiKey,
    foreignHeaders: ["authorization", "api_key"],
    endpoints: [{ method: "POST", path: "/v1/paywall", handle: getPaywall(paywalls, visitors) }]
  }
  const server = yield* LoopbackServer.make({
    basePath: door.basePath,
    keyHeader: door.keyHeader,
    handle: (request) => Effect.mapError(Admission.admit(door, request), undocumented),
    errorBody: ({ code, message }) => ({ success: false, error_message: message, error: message, code }),
    envelope: ({ message }) => ({ success: false, message }),
    notOk: (status) => ({ success: false, error_message: "not ok", ...(status === undefined ? {} : { status }) })
  }, options)

  return CorrilySimulator.of({
    ...server,
    apiKey,
    state: Effect.sync(() => stateOf(visitors))
  })
})

/**
 * A layer that starts a Corrily on loopback.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<CorrilySimulator, SimulatorError> =>
  Layer.effect(CorrilySimulator, make(options))

const getPaywall = (
  paywalls: ReadonlyArray<CorrilyCatalogue.Paywall>,
  visitors: CorrilyVisitors.CorrilyVisitors
): Admission.Endpoint<Answer>["handle"] =>
  Effect.fnUntraced(function*(body, { remoteAddress }) {
    const request = yield* CorrilyRequest.decode(body)
    const [everybodys] = paywalls
    const find = (id: string) => paywalls.find((paywall) => String(paywall.id) === id)
    const asked = request.paywall_id === undefined ? everybodys : find(request.paywall_id)
    if (asked === undefined || everybodys === undefined) {
      return yield* new Refusal.Refusal({ status: 400, code: "UNKNOWN_PAYWALL", message: "Unknown paywall" })
    }
    const { paywallId, quote } = yield* visitors.assign(request, remoteAddress, { paywallId: asked.id, arm: asked.arm })
    const paywall = request.paywall_id === undefined ? find(String(paywallId)) ?? asked : asked
    return { status: 200, body: CorrilyCatalogue.answer(paywall, paywall === everybodys, quote) }
  })

/** No page of Corrily's has a refusal on it, so every code is ours, and every malformed body 422. */
const undocumented = ({ code, message, status }: Refusal.Refusal): Refusal.Refusal =>
  new Refusal.Refusal({
    status: code === "MISSING_PARAMETER" || code === "INVALID_JSON" ? 422 : status,
    code: code.startsWith("SIMULATOR_") ? code : `SIMULATOR_${code}`,
    message
  })

const stateOf = (visitors: CorrilyVisitors.CorrilyVisitors): State => {
  const all = visitors.all()
  return {
    visitors: all,
    exposures: all.reduce((sum, { exposures }) => sum + exposures, 0),
    arms: Record.map(Arr.groupBy(all, ({ arm }): string => arm), (members) => members.length),
    unenrolled: visitors.unenrolled(),
    connectionKeyed: visitors.connectionKeyed()
  }
}
