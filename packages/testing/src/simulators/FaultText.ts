/**
 * Faults as they are written on a command line.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import {
  CutBody,
  EchoSecrets,
  EmptyBody,
  EndlessBody,
  type Fault,
  Gzip,
  Html,
  OkFalse,
  Redirect,
  Reset,
  Silence,
  SlowBody,
  Status,
  WrongTypes
} from "./FaultKind.ts"

/**
 * A text that names no fault.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnknownFault extends Data.TaggedError("UnknownFault")<{ readonly text: string }> {
  override get message(): string {
    return `"${this.text}" is not a fault. Known ones: ${known.join(", ")}`
  }
}

/**
 * Reads a fault from the command line: `silence`, `slow-body:1`, `status:429,retry-after=3,body=html`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parse = (text: string): Effect.Effect<Fault, UnknownFault> => {
  const [head = "", ...settings] = text.trim().split(/,(?=[a-z-]+=)/)
  const colon = head.indexOf(":")
  const kind = colon < 0 ? head : head.slice(0, colon)
  const fault = read(kind, colon < 0 ? undefined : head.slice(colon + 1), new Map(settings.map(keyAndValue)))
  return fault === undefined ? Effect.fail(new UnknownFault({ text })) : Effect.succeed(fault)
}

const known = [
  "silence",
  "slow-body:BYTES_A_SECOND",
  "endless-body",
  "cut-body",
  "reset:before",
  "reset:after",
  "status:STATUS[,retry-after=TEXT][,body=json|html|empty|vendor-envelope]",
  "html",
  "wrong-types",
  "ok-false[:STATUS]",
  "redirect[:LOCATION]",
  "empty-body",
  "gzip",
  "echo-secrets[:STATUS]"
]

const read = (kind: string, value: string | undefined, settings: ReadonlyMap<string, string>): Fault | undefined => {
  if (kind === "status") {
    const body = settings.get("body") ?? "json"
    const isKnown = Arr.every([...settings.keys()], (key) => key === "body" || key === "retry-after")
    const retryAfter = settings.get("retry-after")
    return isStatus(value) && isKnown && isBody(body)
      ? Status({ status: Number(value), ...(retryAfter === undefined ? {} : { retryAfter }), body })
      : undefined
  }
  if (settings.size > 0) {
    return undefined
  }
  switch (kind) {
    case "slow-body":
      return value !== undefined && Number(value) > 0 && Number.isFinite(Number(value))
        ? SlowBody({ bytesPerSecond: Number(value) })
        : undefined
    case "reset":
      return value === "before" || value === "after" ? Reset({ when: value }) : undefined
    case "ok-false":
      return value === undefined ? OkFalse({}) : isStatus(value) ? OkFalse({ status: Number(value) }) : undefined
    case "redirect":
      return value === undefined ? Redirect({}) : value === "" ? undefined : Redirect({ location: value })
    case "echo-secrets":
      return value === undefined
        ? EchoSecrets({})
        : isStatus(value)
        ? EchoSecrets({ status: Number(value) })
        : undefined
    default:
      return value === undefined ? plain.get(kind) : undefined
  }
}

const plain: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  ["silence", Silence()],
  ["endless-body", EndlessBody()],
  ["cut-body", CutBody()],
  ["html", Html()],
  ["wrong-types", WrongTypes()],
  ["empty-body", EmptyBody()],
  ["gzip", Gzip()]
])

const keyAndValue = (setting: string): readonly [string, string] => {
  const equals = setting.indexOf("=")
  return [setting.slice(0, equals), setting.slice(equals + 1)]
}

const isStatus = (text: string | undefined): text is string => text !== undefined && /^[2-5][0-9][0-9]$/.test(text)

const isBody = (text: string): text is "json" | "html" | "empty" | "vendor-envelope" =>
  text === "json" || text === "html" || text === "empty" || text === "vendor-envelope"
