/**
 * What is known about the experiment behind a paywall.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The customer sees what the vendor's model or experiment chose.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Treatment = Schema.TaggedStruct("Treatment", { variant: Schema.optionalKey(Schema.String) })

/**
 * The customer is in the comparison group of an experiment.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Control = Schema.TaggedStruct("Control", { variant: Schema.optionalKey(Schema.String) })

/**
 * No experiment ran for this answer.
 *
 * @category schemas
 * @since 0.1.0
 */
export const None = Schema.TaggedStruct("None", {})

/**
 * The vendor does not tell. Not the same as `None`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Unknown = Schema.TaggedStruct("Unknown", {})

/**
 * Treatment, control, none, or unknown.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Experiment = Schema.Union([Treatment, Control, None, Unknown])

/** @since 0.1.0 */
export type Experiment = typeof Experiment.Type
