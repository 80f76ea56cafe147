import type { Effect, Gate, GuardrailResult, Verdict } from "../Report.ts"
import { deciding } from "./effects.ts"

/** The first gate that did not pass; else what the primary metric says. */
export const verdict = (
  gates: ReadonlyArray<Gate>,
  effects: ReadonlyArray<Effect>,
  guardrails: ReadonlyArray<GuardrailResult>
): Verdict => {
  const closed = gates.find(({ passed }) => !passed)
  if (closed?.refusal !== undefined) return { _tag: "Withheld", at: closed.gate, refusal: closed.refusal }
  const primary = effects.filter(({ role }) => role === "primary")
  const answered = primary.filter((effect) => deciding(effect) !== undefined)
  const refusal = primary.find(({ refusal }) => refusal !== undefined)?.refusal
  if (answered.length === 0 && refusal !== undefined) return { _tag: "Withheld", at: "effect", refusal }

  const decided = answered.filter(({ significant }) => significant === true).toSorted((a, b) => size(b) - size(a))
  const [best] = decided
  if (best === undefined) return { _tag: "Undecided" }
  if (size(best) < 0) return { _tag: "Worse", arms: decided.map(({ arm }) => arm) }
  const broken = guardrails.filter(({ arm, verdict }) => arm === best.arm && verdict === "broken")
  return broken.length === 0
    ? { _tag: "Better", arm: best.arm }
    : { _tag: "GuardrailBroken", arm: best.arm, guardrails: broken.map(({ guardrail }) => guardrail) }
}

const size = (effect: Effect): number => deciding(effect)?.estimate ?? 0
