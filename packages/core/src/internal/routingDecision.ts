import type { ProviderId } from "../domain/Identifier.ts"
import * as Assignment from "../routing/Assignment.ts"
import type * as Journal from "../routing/Journal.ts"
import type { Config } from "./routingExperiment.ts"

type Split = typeof Config.Type

/** Which provider serves a customer, and why. */
export type Decision =
  | { readonly _tag: "Assigned"; readonly arm: ProviderId; readonly unit: string; readonly by: Journal.Assigned["by"] }
  | {
    readonly _tag: "Outside"
    readonly arm: ProviderId
    readonly why: "unknown" | "holdout" | "namespace" | "coverage"
  }

/** Decides for customers by all their names, and by the arm that was kept under one of them. */
export const make = (config: Split, ranges: ReadonlyArray<ReadonlyArray<Assignment.Range>>) => {
  const { arms, holdout, id, key = id, namespace, otherwise = arms[0].member, overrides = {} } = config
  const names = new Set(arms.map(({ member }) => member))
  const outside = (why: (Decision & { _tag: "Outside" })["why"]): Decision => ({ _tag: "Outside", arm: otherwise, why })

  return (units: ReadonlyArray<string>, kept: (unit: string) => string | undefined): Decision => {
    const [unit] = units
    if (unit === undefined) return outside("unknown")
    const assigned = (arm: ProviderId, by: Journal.Assigned["by"]): Decision => ({ _tag: "Assigned", arm, unit, by })
    for (const name of units) {
      if (Object.hasOwn(overrides, name)) return assigned(overrides[name]!, "override")
    }
    if (config.sticky !== false) {
      for (const name of units) {
        const arm = kept(name)
        // An arm that is gone is nobody's any more.
        if (arm !== undefined && names.has(arm)) return assigned(arm, "kept")
      }
    }
    if (holdout !== undefined && Assignment.hash(holdout.name, unit) < holdout.share) return outside("holdout")
    if (namespace !== undefined && !Assignment.isInNamespace(namespace, unit)) return outside("namespace")
    const arm = arms[Assignment.choose(ranges, Assignment.hash(key, unit)) ?? -1]
    return arm === undefined ? outside("coverage") : assigned(arm.member, "hash")
  }
}
