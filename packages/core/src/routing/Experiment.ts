/**
 * Splits customers between providers, or between configurations of one vendor under two ids.
 *
 * The arm is decided by the hash of the experiment's key and the customer's id, see `Assignment`, so every process agrees,
 * and so does any other stack that follows the same pages. In this order:
 *
 * 1. a customer with neither id nor profile is outside;
 * 2. an override, for testers;
 * 3. what was kept from before, under any of the customer's names: who logs in keeps the arm of the anonymous profile;
 * 4. the holdout, the namespace and the coverage, each of which may leave the customer outside;
 * 5. the hash.
 *
 * Who is outside is served by `otherwise` and is nowhere assigned. Assignments are kept and told to the `Journal`, except
 * for a request with `enroll: false`, which is answered as it would be and leaves no trace.
 *
 * An arm that fails fails: whoever wants a standby makes the arm a `Failover`.
 *
 * @since 0.4.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type { Customer } from "../domain/Customer.ts"
import { invalidRequest } from "../internal/inputs.ts"
import { Ahead, Unseen } from "../internal/routingAhead.ts"
import * as RoutingDecision from "../internal/routingDecision.ts"
import { checked, type RoutingError } from "../internal/routingError.ts"
import * as ExperimentConfig from "../internal/routingExperiment.ts"
import * as Members from "../internal/routingMembers.ts"
import type * as PricingProvider from "../provider/PricingProvider.ts"
import * as Assignment from "./Assignment.ts"
import * as Journal from "./Journal.ts"
import * as KeptAssignments from "./KeptAssignments.ts"

/**
 * - `id`: the router's own name. `key`: what is hashed, and the experiment's name in reports; `id` unless set.
 * - `arms`: who serves which share. Weights add up to 1. `ranges`: which part of the hash is the arm's, for all arms or for
 *   none; without it the arms lie side by side in their order. See `reweigh`.
 * - `coverage`: the share of customers who take part, 1 unless set. Raising it moves nobody.
 * - `namespace`: the part of it that this experiment has. Two with parts that do not overlap share no customer.
 * - `holdout`: the share of customers who take part in no experiment that names this holdout.
 * - `overrides`: the arm of single customers, by any of their `Assignment.units`.
 * - `otherwise`: who serves those outside, the first arm unless set.
 * - `sticky`: whether arms are kept, true unless set.
 *
 * @category schemas
 * @since 0.4.0
 */
export const Config = ExperimentConfig.Config

/** @since 0.4.0 */
export interface Config extends Schema.Schema.Type<typeof Config> {}

/**
 * The providers that a configuration names, and where.
 *
 * @category accessors
 * @since 0.4.0
 */
export const members = (config: Config): ReadonlyArray<Members.Named> => [
  ...config.arms.map(({ member }, index) => ({ path: `arms[${index}].member`, id: member })),
  ...(config.otherwise === undefined ? [] : [{ path: "otherwise", id: config.otherwise }])
]

/**
 * Which provider serves a customer. `by` is what put them into the arm, `unit` the name it is told under; `why` is what
 * left them outside.
 *
 * @category models
 * @since 0.4.0
 */
export type Decision = RoutingDecision.Decision

/**
 * Decides for one customer. `kept` is the arm that was kept under a unit, if any. Needs a configuration that passed its
 * schema.
 *
 * @category conversions
 * @since 0.4.0
 */
export const assign = (
  config: Config,
  customer: Customer,
  kept: (unit: string) => string | undefined = () => undefined
): Decision => RoutingDecision.make(config, ExperimentConfig.rangesOf(config))(Assignment.units(customer), kept)

/**
 * The same experiment with other weights, in the order of its arms, and the `ranges` for which only those customers move
 * who must. Customers whose arm is kept do not move at all.
 *
 * @category combinators
 * @since 0.4.0
 */
export const reweigh = (config: Config, weights: ReadonlyArray<number>): Effect.Effect<Config, RoutingError> =>
  Effect.flatMap(check(config), (config) => {
    const ranges = Assignment.reweigh(ExperimentConfig.rangesOf(config), weights, config.coverage)
    const arms = config.arms.map((arm, index) => ({ ...arm, weight: weights[index], ranges: ranges[index] }))
    return check({ ...config, arms })
  })

const check = checked(Config)

/**
 * Makes one provider of the arms that the configuration names. Arms are kept by the `KeptAssignments` at hand, or in
 * memory.
 *
 * @category constructors
 * @since 0.4.0
 */
export const make = Effect.fnUntraced(function*(
  config: Config,
  providers: ReadonlyArray<PricingProvider.Service>
): Effect.fn.Return<PricingProvider.Service, RoutingError> {
  const { id, key = id, sticky = true } = yield* check(config)
  const resolved = yield* Members.resolve(members(config), providers)
  const store = Option.getOrElse(
    yield* Effect.serviceOption(KeptAssignments.KeptAssignments),
    () => KeptAssignments.makeMemory()
  )
  const journal = yield* Journal.teller
  const byId = new Map(resolved.map((member) => [member.id, member]))
  const decided = RoutingDecision.make(config, ExperimentConfig.rangesOf(config))

  const keep = (units: ReadonlyArray<string>, before: ReadonlyArray<string | undefined>, arm: string) =>
    Effect.forEach(
      units.filter((_, index) => before[index] !== arm),
      (unit) => store.put(key, unit, arm),
      { discard: true }
    )

  const tell = (decision: Decision & { _tag: "Assigned" }, [, ...others]: ReadonlyArray<string>) =>
    Clock.clockWith((clock) =>
      journal(() => {
        const { arm, by, unit } = decision
        const at = clock.currentTimeMillisUnsafe()
        return { _tag: "Assigned", at, experiment: key, arm, unit, by, ...(others.length > 0 && { others }) }
      })
    )

  return {
    ...(yield* Members.together(id, resolved)),
    getPaywall: (request, options) =>
      Effect.withFiber((fiber) => {
        // A member says what is wrong with it.
        if (invalidRequest(request) !== undefined) return resolved[0].getPaywall(request, options)
        const units = Assignment.units(request.customer)
        const leavesTrace = request.enroll !== false && !fiber.getRef(Ahead) && !fiber.getRef(Unseen)
        const before = sticky ? Effect.forEach(units, (unit) => store.get(key, unit)) : Effect.succeed([])
        return Effect.flatMap(before, (before) => {
          const decision = decided(units, (unit) => before[units.indexOf(unit)])
          const answer = Effect.suspend(() => byId.get(decision.arm)!.getPaywall(request, options))
          if (decision._tag === "Outside" || !leavesTrace) return answer
          const kept = sticky && decision.by !== "override" ? keep(units, before, decision.arm) : Effect.void
          return kept.pipe(Effect.andThen(tell(decision, units)), Effect.andThen(answer))
        })
      })
  }
})
