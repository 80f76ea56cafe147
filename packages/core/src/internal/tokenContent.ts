import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Attribution } from "../domain/Attribution.ts"
import { timestamp } from "../domain/Identifier.ts"
import { Reader } from "./compactReader.ts"
import { Writer } from "./compactWriter.ts"

/** What is inside a token. The two times are whole seconds since 1970. */
export interface TokenContent {
  readonly attribution: Attribution
  readonly issuedAt: number
  readonly expiresAt: number
}

export const encode = ({ attribution, expiresAt, issuedAt }: TokenContent): Uint8Array => {
  const { enrolled, fetchedAt, paywallId, payload, placement, provider, subject } = attribution
  const writer = new Writer(words)
  const age = ageMs(fetchedAt, issuedAt)
  writer.count(issuedAt)
  writer.count(expiresAt - issuedAt)
  for (const value of [provider, placement, paywallId, subject.kind, subject.value, enrolled, age ?? fetchedAt]) {
    writer.value(value)
  }
  writer.value(payload)
  return writer.bytes
}

/** Nothing for bytes that `encode` did not make. */
export const decode: (bytes: Uint8Array) => Option.Option<TokenContent> = Option.liftThrowable((bytes) => {
  const reader = new Reader(bytes, words)
  const issuedAt = reader.count()
  const expiresAt = issuedAt + reader.count()
  const [provider, placement, paywallId, kind, value, enrolled, age, payload] = Array.from(
    { length: 8 },
    () => reader.value()
  )
  const fetchedAt = typeof age === "number" ? timestamp(issuedAt * 1000 - age) : age
  const attribution = { provider, placement, paywallId, subject: { kind, value }, enrolled, fetchedAt, payload }
  if (!reader.isAtEnd || !isAttribution(attribution)) throw new RangeError("not an attribution")
  return { attribution, issuedAt, expiresAt }
})

const isAttribution = Schema.is(Attribution)

/** How long before it was sealed a paywall was fetched, if the text of that instant comes out of the number again. */
const ageMs = (fetchedAt: string, issuedAt: number): number | undefined => {
  const instant = DateTime.make(fetchedAt)
  return Option.isSome(instant) && DateTime.formatIso(instant.value) === fetchedAt
    ? issuedAt * 1000 - DateTime.toEpochMillis(instant.value)
    : undefined
}

/** Words of the two vendors. To append one is safe; any other change needs another version of the token. At most 64. */
const words = [
  "botsi",
  "corrily",
  "profileId",
  "customerUserId",
  "user_id",
  "ip",
  "id",
  "placementId",
  "isExperiment",
  "aiPricingModelId",
  "abTestId",
  "pricingPageId",
  "country"
]
