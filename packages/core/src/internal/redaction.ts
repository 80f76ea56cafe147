const mark = "[redacted]"

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")

/** The ways in which a secret may stand in a vendor's text. */
const forms = (secret: string): ReadonlyArray<string> =>
  Array.from(
    new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())])
  )

/**
 * A text without the secrets, of at most `limit` characters. The secrets go first, so that a cut cannot save half of one.
 * A secret of up to three characters is removed only where it stands alone: `1` must not turn `401` into noise.
 */
export const redact = (text: string, secrets: ReadonlyArray<string>, limit: number): string => {
  const patterns = secrets
    .filter((secret) => secret !== "")
    .flatMap(forms)
    .toSorted((a, b) => b.length - a.length)
    .map((form) => form.length > 3 ? escape(form) : `(?<![\\p{L}\\p{N}])${escape(form)}(?![\\p{L}\\p{N}])`)
  const clean = patterns.length === 0 ? text : text.replace(new RegExp(patterns.join("|"), "giu"), mark)
  return clean.length <= limit ? clean : `${clean.slice(0, limit - 1).toWellFormed()}…`
}
