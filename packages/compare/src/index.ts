/** @since 0.4.0 */
export * as Accumulator from "./statistics/Accumulator.ts"

/** @since 0.4.0 */
export * as Analysis from "./Analysis.ts"

/** @since 0.4.0 */
export * as Boundary from "./statistics/Boundary.ts"

/** @since 0.4.0 */
export * as ChanceToWin from "./statistics/ChanceToWin.ts"

/** @since 0.4.0 */
export * as ClopperPearson from "./statistics/ClopperPearson.ts"

/** @since 0.4.0 */
export * as Compare from "./Compare.ts"

/** @since 0.4.0 */
export * as Comparison from "./statistics/Comparison.ts"

/** @since 0.4.0 */
export * as Contrast from "./statistics/Contrast.ts"

/** @since 0.4.0 */
export * as Cuped from "./statistics/Cuped.ts"

/** @since 0.4.0 */
export * as Currency from "./statistics/Currency.ts"

/** @since 0.4.0 */
export * as Distribution from "./statistics/Distribution.ts"

/** @since 0.4.0 */
export * as Estimate from "./statistics/Estimate.ts"

/** @since 0.4.0 */
export * as Guardrail from "./statistics/Guardrail.ts"

/** @since 0.4.0 */
export * as Histogram from "./statistics/Histogram.ts"

/** @since 0.4.0 */
export * as Ledger from "./Ledger.ts"

/** @since 0.4.0 */
export * as LedgerJournal from "./LedgerJournal.ts"

/** @since 0.4.0 */
export * as Moments from "./statistics/Moments.ts"

/** @since 0.4.0 */
export * as Multiplicity from "./statistics/Multiplicity.ts"

/** @since 0.4.0 */
export * as Outcome from "./Outcome.ts"

/** @since 0.4.0 */
export * as Plan from "./Plan.ts"

/** @since 0.4.0 */
export * as Power from "./statistics/Power.ts"

/** @since 0.4.0 */
export * as Refusal from "./statistics/Refusal.ts"

/** @since 0.4.0 */
export * as Report from "./Report.ts"

/** @since 0.4.0 */
export * as SampleRatio from "./statistics/SampleRatio.ts"

/** @since 0.4.0 */
export * as SequentialPower from "./statistics/SequentialPower.ts"

/** @since 0.4.0 */
export * as Sufficiency from "./statistics/Sufficiency.ts"

/** @since 0.4.0 */
export * as Sum from "./statistics/Sum.ts"

/** @since 0.4.0 */
export * as TextReport from "./TextReport.ts"

/** @since 0.4.0 */
export * as Winsor from "./statistics/Winsor.ts"
