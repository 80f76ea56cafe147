import type * as Schema from "effect/Schema"

/** The first byte of a value: one of these, or one of `small`, `firstWord` and `firstShort` plus a number. */
export const tags = {
  null: 0,
  false: 1,
  true: 2,
  /** A whole number up to 2^53 - 1. */
  natural: 3,
  /** A whole number from -1 down. */
  negative: 4,
  /** Any other number, as its 8 bytes. */
  double: 5,
  /** A text, as UTF-8. */
  text: 6,
  /** A text that is no UTF-8 because it holds half a pair: its code units. */
  units: 7,
  /** The n-th text of this encoding. */
  again: 8,
  array: 9,
  object: 10
} as const

/** Sixteen tags each for small objects, arrays and whole numbers. */
export const small = { object: 0x10, array: 0x20, natural: 0x30 } as const

/** 64 tags for the words that both sides know. */
export const firstWord = 0x40

/** 128 tags for texts of less than 128 bytes. */
export const firstShort = 0x80

/**
 * Writes JSON in few bytes, value for value: every number keeps its sign and its last digit, every text its every code
 * unit, every object the order of its members. A text that was written before, or is one of the words, takes a byte or two.
 */
export class Writer {
  readonly #bytes: Array<number> = []
  readonly #words: ReadonlyArray<string>
  readonly #seen = new Map<string, number>()

  constructor(words: ReadonlyArray<string>) {
    this.#words = words
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  value(value: Schema.Json): void {
    if (value === null) this.#bytes.push(tags.null)
    else if (typeof value === "boolean") this.#bytes.push(value ? tags.true : tags.false)
    else if (typeof value === "number") this.#number(value)
    else if (typeof value === "string") this.#text(value)
    else if (isArray(value)) {
      this.#sized("array", value.length)
      for (const item of value) this.value(item)
    } else {
      const members = Object.entries(value)
      this.#sized("object", members.length)
      for (const [name, member] of members) {
        this.#text(name)
        this.value(member)
      }
    }
  }

  /** A whole number from 0 to 2^53 - 1 without a tag, seven bits a byte, the lowest first. */
  count(count: number): void {
    let rest = count
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes.push(rest % 0x80 + 0x80)
    this.#bytes.push(rest)
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      const view = new DataView(new ArrayBuffer(8))
      view.setFloat64(0, value)
      this.#bytes.push(tags.double, ...new Uint8Array(view.buffer))
    } else if (value < 0) this.#counted(tags.negative, -1 - value)
    else this.#sized("natural", value)
  }

  #text(text: string): void {
    const word = this.#words.indexOf(text)
    const before = this.#seen.get(text)
    if (word >= 0) this.#bytes.push(firstWord + word)
    else if (before !== undefined) this.#counted(tags.again, before)
    else {
      this.#seen.set(text, this.#seen.size)
      if (!text.isWellFormed()) {
        this.#counted(tags.units, text.length)
        for (let at = 0; at < text.length; at++) this.#bytes.push(text.charCodeAt(at) >> 8, text.charCodeAt(at) & 0xff)
        return
      }
      const encoded = utf8.encode(text)
      if (encoded.length < 0x80) this.#bytes.push(firstShort + encoded.length)
      else this.#counted(tags.text, encoded.length)
      for (const byte of encoded) this.#bytes.push(byte)
    }
  }

  #sized(kind: keyof typeof small, size: number): void {
    if (size < 0x10) this.#bytes.push(small[kind] + size)
    else this.#counted(tags[kind], size)
  }

  #counted(tag: number, count: number): void {
    this.#bytes.push(tag)
    this.count(count)
  }
}

const utf8 = new TextEncoder()

const isArray: (value: object) => value is ReadonlyArray<Schema.Json> = Array.isArray
