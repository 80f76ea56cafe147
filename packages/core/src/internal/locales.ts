/** A language tag as it is compared: `de_AT.UTF-8` is `de-at`. */
export const normalize = (locale: string): string =>
  (locale.split(/[.@]/, 1)[0] ?? "").trim().replaceAll("_", "-").toLowerCase()

/** The language of a language tag: `de` of `de-at`. */
export const languageOf = (locale: string): string => normalize(locale).split("-", 1)[0] ?? ""

/** A normalized tag, then itself with one part less each time: `zh-hant-tw`, `zh-hant`, `zh`. */
export const broader = (locale: string): ReadonlyArray<string> => {
  const parts = normalize(locale).split("-")
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("-"))
}
