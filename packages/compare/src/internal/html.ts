/** A piece of HTML. Whatever else meets a template is text, and is escaped. */
export class Html {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

type Part = Html | string | number | undefined | ReadonlyArray<Part>

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;" }

/** Without the characters that turn a line around or are none. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Bidi_Control}]+/gu, " ")

/** Names come from outside: none of their characters means anything to a browser. */
const escape = (text: string): string => printable(text).replace(/[&<>"']/g, (character) => entities[character]!)

const sourceOf = (part: Part): string =>
  part === undefined
    ? ""
    : part instanceof Html
    ? part.source
    : typeof part === "object"
    ? part.map(sourceOf).join("")
    : escape(String(part))

/** Lists are joined, `undefined` is nothing. */
export const html = (parts: TemplateStringsArray, ...values: ReadonlyArray<Part>): Html =>
  new Html(parts.reduce((source, part, index) => source + sourceOf(values[index - 1]) + part))
