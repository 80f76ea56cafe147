/**
 * What can go wrong between a client and a vendor, on demand.
 *
 * Some faults damage the answer of a request that was carried out, so that the client cannot know: `SlowBody`, `CutBody`,
 * `Reset` after reading, `WrongTypes`, `EmptyBody`, `Gzip`. All others answer instead of the vendor, and nothing is
 * carried out. A request that would have been refused is refused under `WrongTypes` and `EmptyBody` too, so that a fault
 * never hides a wrong request.
 *
 * @since 0.1.0
 */
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

/** The kinds and their constructors. */
export * from "./FaultKind.ts"

/** Reading a fault from a text. */
export * from "./FaultText.ts"

/**
 * One of every kind, for tests that loop. Not `Verbatim`, which is whatever it is given.
 *
 * @category constructors
 * @since 0.1.0
 */
export const all: ReadonlyArray<Fault> = [
  Silence(),
  SlowBody({ bytesPerSecond: 1 }),
  EndlessBody(),
  CutBody(),
  Reset({ when: "before" }),
  Reset({ when: "after" }),
  Status({ status: 400 }),
  Status({ status: 401 }),
  Status({ status: 403 }),
  Status({ status: 404 }),
  Status({ status: 422, body: "vendor-envelope" }),
  Status({ status: 429 }),
  Status({ status: 429, retryAfter: "3" }),
  Status({ status: 429, retryAfter: "Wed, 21 Oct 2065 07:28:00 GMT" }),
  Status({ status: 429, retryAfter: "soon" }),
  Status({ status: 500, body: "html" }),
  Status({ status: 503, body: "empty" }),
  Html(),
  WrongTypes(),
  OkFalse({}),
  Redirect({}),
  EmptyBody(),
  Gzip(),
  EchoSecrets({})
]
