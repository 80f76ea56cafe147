import * as RegExp_ from "effect/RegExp"

const mark = "[redacted]"

/** The ways in which a secret may stand in a vendor's text. */
const forms = (secret: string): ReadonlyArray<string> =>
  Array.from(
    new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())])
  )

/** Longer ones would not fit a pattern; they are looked for letter by letter, so their case must match. */
const longest = 1000

/**
 * A text without the secrets, of at most `limit` characters. The secrets go first, so that a cut cannot save half of one.
 * A secret of up to three characters is removed only where it stands alone: `1` must not turn `401` into noise.
 */
export const redact = (text: string, secrets: ReadonlyArray<string>, limit: number): string => {
  const all = secrets.filter((secret) => secret !== "").flatMap(forms).toSorted((a, b) => b.length - a.length)
  const clean = all.filter((form) => form.length > longest).reduce((rest, form) => rest.replaceAll(form, mark), text)
  const patterns = all.filter((form) => form.length <= longest).map(pattern)
  return cut(
    Array.from(
      { length: Math.ceil(patterns.length / atOnce) },
      (_, at) => patterns.slice(at * atOnce, (at + 1) * atOnce)
    )
      .reduce((rest, some) => rest.replace(new RegExp(some.join("|"), "giu"), mark), clean),
    limit
  )
}

/** How many secrets one pattern looks for. */
const atOnce = 50

const pattern = (form: string): string =>
  form.length > 3 ? RegExp_.escape(form) : `(?<![\\p{L}\\p{N}])${RegExp_.escape(form)}(?![\\p{L}\\p{N}])`

/** A text of at most `limit` characters, never ending in half of one. */
const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).toWellFormed()}…`
