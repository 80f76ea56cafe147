import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"

const root = "test/fixtures"

const files = globSync("*/*", { cwd: root }).toSorted()

describe("fixtures", () => {
  it.each(files.filter((file) => file.endsWith(".json")))("%s is JSON", (file) => {
    assert.doesNotThrow(() => JSON.parse(readFileSync(`${root}/${file}`, "utf8")))
  })

  it.each(files.filter((file) => file.endsWith(".txt")))("%s is not JSON, as its extension says", (file) => {
    assert.throws(() => JSON.parse(readFileSync(`${root}/${file}`, "utf8")))
  })

  it("the README lists exactly the files present", () => {
    const readme = readFileSync(`${root}/README.md`, "utf8")
    const listed = Array.from(readme.matchAll(/^\| `([^`]+)` +\|/gm), ([, file]) => file)
    assert.deepStrictEqual(listed.toSorted(), files)
  })
})
