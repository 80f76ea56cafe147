import type * as Schema from "effect/Schema"
import { firstShort, firstWord, small, tags } from "./compactWriter.ts"

/** Reads what a `Writer` with the same words wrote. Throws a `RangeError` or a `TypeError` for anything else. */
export class Reader {
  readonly #bytes: Uint8Array
  readonly #words: ReadonlyArray<string>
  readonly #seen: Array<string> = []
  #at = 0

  constructor(bytes: Uint8Array, words: ReadonlyArray<string>) {
    this.#bytes = bytes
    this.#words = words
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  value(): Schema.Json {
    const tag = this.#byte()
    switch (tag) {
      case tags.null:
        return null
      case tags.false:
        return false
      case tags.true:
        return true
      case tags.natural:
        return this.count()
      case tags.negative:
        return -1 - this.count()
      case tags.double:
        return new DataView(Uint8Array.from(this.#take(8)).buffer).getFloat64(0)
      case tags.array:
        return this.#array(this.count())
      case tags.object:
        return this.#object(this.count())
      default:
        return tag < small.object || tag >= firstWord
          ? this.#text(tag)
          : tag < small.array
          ? this.#object(tag - small.object)
          : tag < small.natural
          ? this.#array(tag - small.array)
          : tag - small.natural
    }
  }

  count(): number {
    let count = 0
    for (let scale = 1;; scale *= 0x80) {
      const byte = this.#byte()
      count += byte % 0x80 * scale
      if (!Number.isSafeInteger(count)) throw new RangeError("more than 2^53 - 1")
      if (byte < 0x80) return count
    }
  }

  #array(length: number): ReadonlyArray<Schema.Json> {
    return this.#times(length, () => this.value())
  }

  #object(size: number): Schema.JsonObject {
    // Assigning would lose a member named `__proto__`.
    return Object.fromEntries(this.#times(size, () => [this.#text(this.#byte()), this.value()]))
  }

  #text(tag: number): string {
    if (tag >= firstShort) return this.#remember(utf8.decode(this.#take(tag - firstShort)))
    if (tag >= firstWord) return defined(this.#words[tag - firstWord])
    switch (tag) {
      case tags.again:
        return defined(this.#seen[this.count()])
      case tags.text:
        return this.#remember(utf8.decode(this.#take(this.count())))
      case tags.units:
        return this.#remember(
          this.#times(this.count(), () => String.fromCharCode(this.#byte() * 0x100 + this.#byte())).join("")
        )
      default:
        throw new RangeError("not the start of a value")
    }
  }

  #remember(text: string): string {
    this.#seen.push(text)
    return text
  }

  /** There are no more items than bytes. */
  #times<A>(length: number, item: () => A): ReadonlyArray<A> {
    if (length > this.#bytes.length) throw new RangeError("more items than bytes")
    return Array.from({ length }, item)
  }

  #byte(): number {
    return defined(this.#bytes[this.#at++])
  }

  #take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw new RangeError("the bytes end too early")
    return this.#bytes.subarray(this.#at, this.#at += length)
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const defined = <A>(value: A | undefined): A => {
  if (value === undefined) throw new RangeError("nothing there")
  return value
}
