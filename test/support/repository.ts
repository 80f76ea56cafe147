import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, matchesGlob } from "node:path/posix"

const ignored = [".git", ...readFileSync(".gitignore", "utf8").split("\n").filter(Boolean)]
  .map((line) => line.replace(/\/$/, ""))

const isIgnored = (name: string) => ignored.some((pattern) => matchesGlob(name, pattern))

/** Every file of the repository below a folder, by its path from the top; what `.gitignore` names is left out. */
export const filesBelow = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !isIgnored(entry.name))
    .flatMap((entry) => entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)])
    .toSorted()

/** The names of the top level, as git would show them. */
export const topLevel = (): ReadonlyArray<string> => readdirSync(".").filter((name) => !isIgnored(name)).toSorted()

/** What a module imports or re-exports, types included; relative specifiers become paths from the top. */
export const importsOf = (file: string): ReadonlyArray<string> =>
  Array.from(
    readFileSync(file, "utf8").matchAll(/^(?:import|export)\s(?:[^"=;]*?\sfrom\s)?"([^"]+)"|\bimport\("([^"]+)"\)/gm),
    ([, declared, dynamic]) => (declared ?? dynamic)!
  ).map((specifier) => specifier.startsWith(".") ? join(dirname(file), specifier) : specifier)

/** Everything a module reaches through the files `through` admits; what is not admitted is named, but not entered. */
export const reachableFrom = (file: string, through: (file: string) => boolean): ReadonlySet<string> => {
  const seen = new Set<string>()
  const visit = (from: string) => {
    for (const target of importsOf(from)) {
      if (seen.has(target)) continue
      seen.add(target)
      if (through(target)) visit(target)
    }
  }
  visit(file)
  return seen
}
