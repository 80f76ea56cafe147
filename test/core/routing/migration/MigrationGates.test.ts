import { assert, describe, it } from "@effect/vitest"
import * as MigrationGates from "@priceport/core/routing/MigrationGates"
import type * as MigrationState from "@priceport/core/routing/MigrationState"

type Facts = Partial<Omit<MigrationState.Measured, "_tag">> & { readonly at?: number }

const none = { from: 0, to: 0 }

const measured = ({ at = 1000, ...facts }: Facts) => ({
  _tag: "Measured" as const,
  at,
  stage: 1,
  startedAt: 0,
  answered: none,
  failed: none,
  slow: none,
  customers: none,
  converted: none,
  compared: 0,
  material: 0,
  ...facts
})

const options = { now: 1000, windowMs: 100, minimum: 100 }

const verdict = (
  gate: MigrationState.Verdict["gate"],
  facts: ReadonlyArray<Facts>,
  gates: MigrationGates.Gates = {},
  stage: MigrationState.Stage = { _tag: "Ramp", percent: 50 }
) => {
  const state = { stage, moved: stage._tag === "Ramp" ? stage.percent / 100 : 0, measured: facts.map(measured) }
  return MigrationGates.judge(gates, state, options).find((found) => found.gate === gate)?.verdict
}

const answers = (of: number, failed: number) => ({
  answered: { from: of, to: of - failed },
  failed: { from: 0, to: failed }
})

const conversion = { conversion: { atMost: 0.1 } }

describe("MigrationGates", () => {
  const cases: ReadonlyArray<
    readonly [
      name: string,
      MigrationState.Verdict["gate"],
      Facts | ReadonlyArray<Facts>,
      expected: MigrationState.Verdict["verdict"] | undefined,
      MigrationGates.Gates?
    ]
  > = [
    ["few paywalls of another meaning", "mismatch", { compared: 1000, material: 20 }, "passed"],
    ["a few more, which may be chance", "mismatch", { compared: 1000, material: 30 }, "unclear"],
    ["too many", "mismatch", { compared: 1000, material: 40 }, "failed"],
    ["many of too few", "mismatch", { compared: 99, material: 99 }, "unclear"],
    ["a single one where none may be", "mismatch", { compared: 100, material: 1 }, "failed", {
      mismatch: { atMost: 0 }
    }],
    ["a gate that is left out", "mismatch", { compared: 1000, material: 1000 }, undefined, { mismatch: false }],
    ["no errors", "errors", answers(200, 0), "passed"],
    ["errors of the new vendor", "errors", answers(200, 40), "failed"],
    [
      "errors of both vendors alike, as when the own network is down",
      "errors",
      { answered: { from: 160, to: 160 }, failed: { from: 40, to: 40 } },
      "passed"
    ],
    ["quick answers", "latency", { answered: { from: 0, to: 200 }, slow: { from: 0, to: 10 } }, "passed"],
    ["slow answers", "latency", { answered: { from: 0, to: 200 }, slow: { from: 0, to: 60 } }, "failed"],
    ["halves of one size", "split", { customers: { from: 505, to: 495 } }, "passed"],
    ["halves of another size", "split", { customers: { from: 600, to: 400 } }, "failed"],
    ["too few customers to tell", "split", { customers: { from: 60, to: 30 } }, "unclear"],
    [
      "the same customers counted in many windows, unlucky but no mismatch",
      "split",
      Array.from({ length: 30 }, () => ({ customers: { from: 115, to: 85 } })),
      "passed"
    ],
    [
      "as many who buy",
      "conversion",
      { customers: { from: 1000, to: 1000 }, converted: { from: 50, to: 48 } },
      "passed",
      conversion
    ],
    [
      "fewer who buy, by chance",
      "conversion",
      { customers: { from: 1000, to: 1000 }, converted: { from: 50, to: 40 } },
      "unclear",
      conversion
    ],
    [
      "too few who buy",
      "conversion",
      { customers: { from: 1000, to: 1000 }, converted: { from: 100, to: 50 } },
      "failed",
      conversion
    ],
    [
      "nobody who bought before",
      "conversion",
      { customers: { from: 1000, to: 1000 }, converted: { from: 0, to: 5 } },
      "unclear",
      conversion
    ],
    ["conversions without a bound", "conversion", {
      customers: { from: 1000, to: 1000 },
      converted: { from: 100, to: 0 }
    }, undefined],
    ["faults of an hour ago, when there is enough since", "errors", [
      { at: 850, ...answers(500, 500) },
      answers(200, 0)
    ], "passed"],
    [
      "faults of an hour ago, when there is little since",
      "errors",
      [{ at: 850, ...answers(500, 500) }, answers(20, 0)],
      "failed"
    ]
  ]

  for (const [name, gate, facts, expected, gates] of cases) {
    it(`${gate}: ${name}: ${expected ?? "not judged"}`, () => {
      assert.strictEqual(
        verdict(gate, [facts].flat(), gates),
        expected
      )
    })
  }

  it("look at what there is in each stage", () => {
    const facts = [{ ...answers(200, 0), compared: 200, customers: { from: 100, to: 100 } }]
    const judged = (stage: MigrationState.Stage) =>
      MigrationGates.judge(conversion, { stage, moved: 0.5, measured: facts.map(measured) }, options)
        .map(({ gate }) => gate)
    assert.deepStrictEqual(judged({ _tag: "Off" }), [])
    assert.deepStrictEqual(judged({ _tag: "RolledBack" }), [])
    assert.deepStrictEqual(judged({ _tag: "Shadow" }), ["mismatch", "errors", "latency"])
    assert.deepStrictEqual(
      judged({ _tag: "Ramp", percent: 50 }),
      ["mismatch", "errors", "latency", "split", "conversion"]
    )
    assert.deepStrictEqual(judged({ _tag: "Complete" }), ["errors", "latency"])
  })
})
