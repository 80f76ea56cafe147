/**
 * What a migration's log says: its stage, and who is with which vendor.
 *
 * It follows from the entries alone, the same in every process. Customers are moved by a position that the hash of their
 * id gives them, and each position goes to the new vendor once and back once: one that was moved back stays with the old
 * vendor, while a ramp that goes on takes others in its place.
 *
 * @since 0.4.0
 */
import type { ProviderId } from "../domain/Identifier.ts"
import * as Share from "../internal/migrationShare.ts"
import type { Entry, Measured, Stage } from "./MigrationState.ts"

/**
 * - `sequence`: that of the last entry. `stageSequence`, `since`: which entry began the stage, and when.
 * - `moved`, `returned`: the share of all customers who are with the new vendor, and of those who were and came back.
 * - `measured`: what was counted in this stage, the last 500 measurements in the order of the log.
 *
 * @category models
 * @since 0.4.0
 */
export interface State {
  readonly sequence: number
  readonly vendors?: { readonly from: ProviderId; readonly to: ProviderId } | undefined
  readonly stage: Stage
  readonly stageSequence: number
  readonly since: number
  readonly moved: number
  readonly returned: number
  readonly isMoved: (position: number) => boolean
  readonly measured: ReadonlyArray<Measured & { readonly at: number }>
}

interface Folded extends State {
  readonly share: Share.Share
}

const stateOf = (state: Omit<Folded, "moved" | "returned" | "isMoved">): Folded => ({
  ...state,
  moved: Share.sizeOf(state.share.moved) / Share.positions,
  returned: Share.sizeOf(state.share.returned) / Share.positions,
  isMoved: (position) => Share.has(state.share.moved, Math.round(position * Share.positions))
})

/**
 * Of a migration that nobody has started.
 *
 * @category constants
 * @since 0.4.0
 */
export const initial: State = stateOf({
  sequence: 0,
  stage: { _tag: "Off" },
  stageSequence: 0,
  since: 0,
  share: Share.nobody,
  measured: []
})

/**
 * What the entries make of a state.
 *
 * @category conversions
 * @since 0.4.0
 */
export const replay = (entries: ReadonlyArray<Entry>, state: State = initial): State => {
  let folded = state as Folded
  for (const entry of entries) folded = fold(folded, entry)
  return folded
}

const keptMeasurements = 500

const fold = (before: Folded, { at, event, sequence }: Entry): Folded => {
  const after = { ...before, sequence }
  const entered = (stage: Stage, share: Share.Share) =>
    stateOf({ ...after, stage, stageSequence: sequence, since: at, share, measured: [] })

  switch (event._tag) {
    case "Started":
      return { ...after, vendors: { from: event.from, to: event.to } }
    case "Advanced":
    case "SteppedBack":
      return entered(event.to, Share.resize(before.share, sizeOf(event.to)))
    case "RolledBack":
      return entered({ _tag: "RolledBack" }, Share.resize(before.share, 0))
    case "Released":
      return entered({ _tag: "Complete" }, Share.everybody)
    case "Measured":
      return event.stage === before.stageSequence
        ? { ...after, measured: [...before.measured.slice(1 - keptMeasurements), { ...event, at }] }
        : after
  }
}

const sizeOf = (stage: Stage): number => {
  switch (stage._tag) {
    case "Ramp":
      return Math.round(stage.percent / 100 * Share.positions)
    case "Complete":
      return Share.positions
    case "Off":
    case "Shadow":
    case "RolledBack":
      return 0
  }
}

/**
 * The stage after, of a ramp of these percentages; none after the last one.
 *
 * @category conversions
 * @since 0.4.0
 */
export const next = (stage: Stage, ramp: ReadonlyArray<number>): Stage | undefined => {
  switch (stage._tag) {
    case "Off":
    case "RolledBack":
      return { _tag: "Shadow" }
    case "Shadow":
    case "Ramp": {
      const percent = ramp.find((percent) => stage._tag === "Shadow" || percent > stage.percent)
      return percent === undefined ? { _tag: "Complete" } : { _tag: "Ramp", percent }
    }
    case "Complete":
      return undefined
  }
}

/**
 * The stage before, which a migration steps back to by itself; none where nobody is with the new vendor.
 *
 * @category conversions
 * @since 0.4.0
 */
export const previous = (stage: Stage, ramp: ReadonlyArray<number>): Stage | undefined => {
  if (stage._tag !== "Ramp" && stage._tag !== "Complete") return undefined
  const percent = ramp.findLast((percent) => stage._tag === "Complete" || percent < stage.percent)
  return percent === undefined ? { _tag: "Shadow" } : { _tag: "Ramp", percent }
}
