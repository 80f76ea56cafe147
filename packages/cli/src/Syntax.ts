/**
 * How the values of flags are written. A text that is not written so is a mistake of the command line (exit code 2);
 * whether a well written value makes sense is for the domain to judge.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"

/** Splits `key=value` at the first `=`. The value may be empty, the key may not. */
export const keyValue = (text: string): Option.Option<readonly [key: string, value: string]> => {
  const equals = text.indexOf("=")
  return equals < 1 ? Option.none() : Option.some([text.slice(0, equals), text.slice(equals + 1)])
}

/** One phase of a Play Store subscription, as `PricingPhase` names its members. */
export interface Phase {
  readonly amountMicros: number
  readonly currency: string
  readonly period: string
  readonly recurrenceMode: number
  readonly cycles: number
}

/** Reads `MICROS:CUR:PERIOD:MODE:CYCLES`. */
export const phase = (text: string): Option.Option<Phase> => {
  const [micros = "", currency = "", period = "", mode = "", cycles = "", ...rest] = text.split(":")
  return rest.length === 0 && [micros, mode, cycles].every(isInteger)
    ? Option.some({
      amountMicros: Number(micros),
      currency,
      period,
      recurrenceMode: Number(mode),
      cycles: Number(cycles)
    })
    : Option.none()
}

/** Reads `MICROS:CUR`. */
export const price = (text: string): Option.Option<Pick<Phase, "amountMicros" | "currency">> => {
  const [micros = "", currency, ...rest] = text.split(":")
  return currency !== undefined && rest.length === 0 && isInteger(micros)
    ? Option.some({ amountMicros: Number(micros), currency })
    : Option.none()
}

const isInteger = (text: string): boolean => /^-?\d+$/.test(text)

/** Reads a duration such as `2 seconds` or `500 millis`. */
export const duration = (text: string): Option.Option<Duration.Duration> => Duration.fromInput(text as Duration.Input)

/** Reads JSON. */
export const json: (text: string) => Option.Option<Schema.Json> = Option.liftThrowable(JSON.parse)

/** Reads `40..1500`, `40..1500 ms` or one number for always the same. */
export const latency = (text: string): Option.Option<{ readonly minMs: number; readonly maxMs: number }> => {
  const [, min, max = min] = /^(\d+)(?:\.\.(\d+))?(?: ?ms)?$/.exec(text) ?? []
  return min !== undefined && Number(min) <= Number(max)
    ? Option.some({ minMs: Number(min), maxMs: Number(max) })
    : Option.none()
}

/** Reads a seed: a whole number is a number, as in code, anything else a text. */
export const seed = (text: string): number | string => isInteger(text) ? Number(text) : text

/** Splits `botsi=FAULT` or `corrily=FAULT`. */
export const fault = (text: string): Option.Option<readonly [vendor: "botsi" | "corrily", fault: string]> =>
  Option.flatMap(keyValue(text), ([vendor, fault]) =>
    (vendor === "botsi" || vendor === "corrily") && fault !== ""
      ? Option.some([vendor, fault] as const)
      : Option.none())
