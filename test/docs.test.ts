import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path/posix"
import { filesBelow } from "./support/repository.ts"

const pages = filesBelow(".").filter((file) =>
  file.endsWith(".md") && !file.startsWith(".changeset/") && !file.endsWith("CHANGELOG.md")
)

const fencesOf = (page: string) =>
  Array.from(readFileSync(page, "utf8").matchAll(/^```ts(?: file=(\S+))?\n([\s\S]*?)^```$/gm), ([, file, code]) => ({
    page,
    file: file ?? "no file",
    code: code!
  }))

const fences = pages.flatMap(fencesOf)

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string) =>
  heading.trim().toLowerCase().replace(/[^\p{Letter}\p{Number}\s_-]/gu, "").replace(/\s/g, "-")

const anchorsIn = (page: string) =>
  Array.from(readFileSync(page, "utf8").matchAll(/^#+ (.+)$/gm), ([, heading]) => anchorOf(heading!))

const linksOf = (page: string) =>
  Array.from(
    readFileSync(page, "utf8").replace(/^```[\s\S]*?^```$|`[^`\n]*`/gm, "").matchAll(
      /\]\(([^)\s]+)[^)]*\)|^\[[^\]]+\]: (\S+)/gm
    ),
    ([, inline, reference]) => (inline ?? reference)!
  ).filter((link) => !/^[a-z]+:/.test(link))

describe("docs", () => {
  it("the README shows code", () => {
    assert.isNotEmpty(fencesOf("README.md"))
  })

  it.each(fences)("$page shows $file as it is", ({ code, file }) => {
    assert.include(readFileSync(file, "utf8"), code)
  })

  it.each(pages)("every relative link of %s leads somewhere", (page) => {
    const dead = linksOf(page).filter((link) => {
      const [path = "", anchor] = link.split("#")
      const target = path === "" ? page : join(dirname(page), path)
      if (!existsSync(target)) return true
      return anchor !== undefined && basename(target).endsWith(".md") && !anchorsIn(target).includes(anchor)
    })
    assert.deepStrictEqual(dead, [])
  })
})
