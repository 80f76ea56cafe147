/**
 * Routers as data: which of them there are, what they are made of, and which one serves.
 *
 * A router is a provider, so a member of one may be another: an arm of an experiment may be a failover. Vendors and routers
 * name each other by id. Whoever serves today, each vendor given takes the impressions and purchases of its own paywalls.
 *
 * **Example** (Half of the customers on each vendor, each with the other one as its standby)
 *
 * ```ts
 * const provider = yield* Routing.make({
 *   _tag: "Routers",
 *   serve: "botsi-or-corrily",
 *   routers: [
 *     {
 *       _tag: "Experiment",
 *       id: "botsi-or-corrily",
 *       arms: [{ member: "botsi-first", weight: 0.5 }, { member: "corrily-first", weight: 0.5 }]
 *     },
 *     { _tag: "Failover", id: "botsi-first", members: ["botsi", "corrily"] },
 *     { _tag: "Failover", id: "corrily-first", members: ["corrily", "botsi"] }
 *   ]
 * }, [botsi, corrily])
 * ```
 *
 * @since 0.4.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { ProviderId } from "../domain/Identifier.ts"
import * as Bundles from "../internal/routingBundles.ts"
import * as Bypass from "../internal/routingBypass.ts"
import { checked, type RoutingError } from "../internal/routingError.ts"
import * as Members from "../internal/routingMembers.ts"
import * as Plan from "../internal/routingPlan.ts"
import * as Reloading from "../internal/routingReload.ts"
import * as Stores from "../internal/routingStores.ts"
import type * as PricingProvider from "../provider/PricingProvider.ts"
import * as Experiment from "./Experiment.ts"
import * as Failover from "./Failover.ts"
import * as Migration from "./Migration.ts"
import * as Shadow from "./Shadow.ts"

/**
 * One router.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Router = Schema.Union([Failover.Config, Experiment.Config, Shadow.Config, Migration.Config])

/** @since 0.4.0 */
export type Router = typeof Router.Type

/**
 * One router whose members are vendors, or several of them, of which the one named by `serve` is asked. `serve` may be a
 * vendor, too, while the routers wait.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Config = Schema.Union([
  ...Router.members,
  Schema.TaggedStruct("Routers", { serve: ProviderId, routers: Schema.Array(Router) })
])

/** @since 0.4.0 */
export type Config = typeof Config.Type

export {
  /**
   * Why a configuration cannot be used: at which `path`, and what is wrong there.
   *
   * @category errors
   * @since 0.4.0
   */
  RoutingError
} from "../internal/routingError.ts"

/**
 * The providers that a router names, and where.
 *
 * @category accessors
 * @since 0.4.0
 */
export const members = (router: Router): ReadonlyArray<Members.Named> => {
  switch (router._tag) {
    case "Failover":
      return Failover.members(router)
    case "Experiment":
      return Experiment.members(router)
    case "Shadow":
      return Shadow.members(router)
    case "Migration":
      return Migration.members(router)
  }
}

/**
 * - `bundled`: what is shown of a vendor that is ill, by its id, and for which failures. A failover shows it as its own
 *   `Options` say; anything else shows it in the place of the vendor's answer.
 *
 * @category options
 * @since 0.4.0
 */
export interface Options {
  readonly bundled?: Bundles.Bundled | undefined
}

/** Builds one router. Only a failover knows better than the vendor itself when its bundle is to be shown. */
const build = (
  router: Router,
  providers: ReadonlyArray<PricingProvider.Service>,
  options: Options
): Effect.Effect<PricingProvider.Service, RoutingError, Scope.Scope> => {
  switch (router._tag) {
    case "Failover":
      return Failover.make(router, providers, options)
    case "Experiment":
      return Experiment.make(router, providers.map(Bundles.behind(options.bundled ?? {})))
    case "Shadow":
      return Shadow.make(router, providers.map(Bundles.behind(options.bundled ?? {})))
    case "Migration":
      return Migration.make(router, providers.map(Bundles.behind(options.bundled ?? {})))
  }
}

/**
 * Reads a configuration, as it comes from JSON. A member that it does not have is refused.
 *
 * @category constructors
 * @since 0.4.0
 */
export const decode: (config: unknown) => Effect.Effect<Config, RoutingError> = checked(Config)

/**
 * Makes one provider of the vendors, as the configuration says. Its routers live in the scope.
 *
 * Stores that are not at hand, such as `ShownPrices`, are memories, one for all routers.
 *
 * @category constructors
 * @since 0.4.0
 */
export const make = (
  config: Config,
  vendors: ReadonlyArray<PricingProvider.Service>,
  options: Options = {}
): Effect.Effect<PricingProvider.Service, RoutingError, Scope.Scope> =>
  Effect.flatMap(Stores.context, (stores) => Effect.provideContext(makeWith(config, vendors, options), stores))

const makeWith = (config: unknown, vendors: ReadonlyArray<PricingProvider.Service>, options: Options) =>
  Effect.gen(function*() {
    const read = yield* decode(config)
    const { routers, serve } = read._tag === "Routers" ? read : { serve: read.id, routers: [read] }
    const built = yield* Plan.build({
      routers,
      serve,
      vendors,
      members,
      build: (router, providers) =>
        Effect.andThen(
          Bypass.check(router, providers, { serve, routers, membersOf: members }),
          build(router, providers, options)
        ),
      isAlone: read._tag !== "Routers"
    })
    const serving = Bundles.behind(options.bundled ?? {})(built)
    return {
      ...(yield* Members.together(serving.id, [serving, ...vendors])),
      getPaywall: serving.getPaywall
    }
  })

/**
 * A provider whose configuration can be changed while it is used.
 *
 * - `reload`: checks and builds the new configuration, as it comes from JSON, and lets all further calls have it. Calls
 *   under way end on the old one, whose scope closes after the last of them. Where the new one is wrong nothing changes.
 * - `config`: the one that is in use.
 *
 * @category models
 * @since 0.4.0
 */
export interface Reloadable {
  readonly provider: PricingProvider.Service
  readonly reload: (config: unknown) => Effect.Effect<void, RoutingError>
  readonly config: Effect.Effect<Config>
}

/**
 * Makes a provider that can be reloaded, named `routing`. Its capabilities are those of all vendors together, so they stay
 * what they are. What the routers remember outlives a reload.
 *
 * @category constructors
 * @since 0.4.0
 */
export const reloadable = (
  initial: unknown,
  vendors: ReadonlyArray<PricingProvider.Service>,
  options: Options = {}
): Effect.Effect<Reloadable, RoutingError, Scope.Scope> =>
  Effect.gen(function*() {
    const stores = yield* Stores.context
    const load = (config: unknown) =>
      Effect.map(
        Effect.provideContext(makeWith(config, vendors, options), stores),
        (provider) => ({ provider, config: config as Config })
      )
    const { current, operations, reload } = yield* Reloading.make(initial, load)
    return {
      provider: { ...(yield* Members.together("routing", vendors)), ...operations },
      reload,
      config: Effect.map(current, ({ config }) => config)
    }
  })
