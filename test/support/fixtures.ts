import { readFileSync } from "node:fs"

/** The text of a vendor's example, character for character. */
export const textOf = (file: string): string => readFileSync(`test/fixtures/${file}`, "utf8")

/** A vendor's example as JSON. */
export const jsonOf = (file: string) => JSON.parse(textOf(file))
