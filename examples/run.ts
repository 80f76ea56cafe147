/**
 * `pnpm example 01` runs the example of that number; further arguments, such as `--live`, are its own.
 */
import { readdirSync, readFileSync } from "node:fs"

const files = readdirSync(import.meta.dirname).filter((file) => /^\d+-/.test(file)).toSorted()

const titleOf = (file: string) => readFileSync(`${import.meta.dirname}/${file}`, "utf8").match(/^ \* (.+)$/m)?.[1]

const [number] = process.argv.splice(2, 1)
const example = files.find((file) => Number.parseInt(file) === Number(number))

if (example === undefined) {
  process.exitCode = number === undefined ? 0 : 1
  console.log("pnpm example NUMBER [--live]\n")
  for (const file of files) console.log(`  ${file.match(/^\d+/)}  ${titleOf(file)}`)
} else {
  await import(`./${example}`)
}
