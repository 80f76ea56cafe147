import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { publint } from "publint"
import { formatMessage } from "publint/utils"

/** Every package as its users get it: built, packed, judged, then installed where no workspace can help it. */
const names = readdirSync("packages").filter((name) => existsSync(`packages/${name}/package.json`))

const scratch = mkdtempSync(join(tmpdir(), "priceport-"))

const consumer = join(scratch, "consumer")

/** Runs a command, and fails with everything it said. */
const run = (cwd: string, command: string, ...args: ReadonlyArray<string>) => {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
  } catch (error) {
    const { stderr = "", stdout = "" } = error as { readonly stderr?: string; readonly stdout?: string }
    throw new Error(`${command} ${args.join(" ")}\n${stdout}\n${stderr}`, { cause: error })
  }
}

const versionOf = (folder: string): string => JSON.parse(readFileSync(`${folder}/package.json`, "utf8")).version

const tarballOf = (name: string) => join(scratch, `priceport-${name}-${versionOf(`packages/${name}`)}.tgz`)

/** What a tarball holds, and every path a user may import from it. */
const unpack = (name: string) => {
  const contents = createPackageFromTarballData(readFileSync(tarballOf(name)))
  const root = `/node_modules/@priceport/${name}`
  const files = contents.listFiles(root).map((file) => file.slice(root.length + 1))
  const manifest = JSON.parse(contents.readFile(`${root}/package.json`))
  const entries = Object.entries<string | null>(manifest.exports).flatMap(([entry, target]) => {
    if (target === null || entry === "./package.json") return []
    if (!entry.includes("*")) return [entry]
    const modules = files.flatMap((file) => file.match(/^dist\/(.+)\.js$/)?.[1] ?? [])
    return modules.filter((module) => module !== "index" && !module.includes("internal/")).map((module) =>
      `./${module}`
    )
  })
  return { contents, entries, files, manifest }
}

/** We publish ES modules for modern resolution, and nothing else. */
const concernsUs = (problem: Problem) =>
  !("resolutionKind" in problem && ["node10", "node16-cjs"].includes(problem.resolutionKind)) &&
  !("resolutionOption" in problem && problem.resolutionOption === "node10")

beforeAll(() => {
  run(".", "pnpm", "build")
  run(".", "pnpm", "--recursive", "--filter", "./packages/*", "pack", "--pack-destination", scratch)
})

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe.each(names)("%s", (name) => {
  it("packs its own files and no workspace protocol", () => {
    const { files, manifest } = unpack(name)
    const allowed = /^(?:package\.json|LICENSE|README\.md|CHANGELOG\.md|src\/.+\.ts|dist\/.+\.(?:js|d\.ts)(?:\.map)?)$/
    assert.deepStrictEqual(files.filter((file) => !allowed.test(file)), [])
    assert.isTrue(files.some((file) => file.startsWith("dist/")) && files.includes("LICENSE"))
    assert.notMatch(JSON.stringify(manifest), /"(?:workspace|catalog):/)
  })

  it("satisfies publint", async () => {
    const tarball = Uint8Array.from(readFileSync(tarballOf(name))).buffer
    const { messages, pkg } = await publint({ strict: true, pack: { tarball } })
    assert.deepStrictEqual(messages.map((message) => formatMessage(message, pkg, { color: false })), [])
  })

  it("has the right types at every entry point", async () => {
    const { contents, entries } = unpack(name)
    const result = await checkPackage(contents, { entrypoints: entries })
    assert.deepStrictEqual("problems" in result ? result.problems.filter(concernsUs) : "no types", [])
  })
})

describe("installed", () => {
  beforeAll(() => {
    const ours = Object.fromEntries(names.map((name) => [`@priceport/${name}`, `file:${tarballOf(name)}`]))
    const theirs = ["@effect/platform-node", "@types/node", "effect", "typescript"]
      .map((name) => [name, versionOf(`node_modules/${name}`)])
    const manifest = { private: true, type: "module", dependencies: { ...ours, ...Object.fromEntries(theirs) } }
    const entries = names.flatMap((name) => unpack(name).entries.map((entry) => join(`@priceport/${name}`, entry)))
      .filter((entry) => entry !== "@priceport/testing/contract")

    cpSync("test/packages/consumer", consumer, { recursive: true })
    writeFileSync(join(consumer, "package.json"), JSON.stringify(manifest))
    // Our packages ask for each other by version, which here has to mean these tarballs.
    writeFileSync(join(consumer, "pnpm-workspace.yaml"), JSON.stringify({ overrides: ours, autoInstallPeers: false }))
    writeFileSync(join(consumer, "entries.js"), entries.map((entry) => `import "${entry}"\n`).join(""))
    run(consumer, "pnpm", "install", "--no-frozen-lockfile")
  })

  it("every entry point loads on plain node, without vitest", () => {
    assert.strictEqual(run(consumer, "node", "entries.js"), "")
  })

  it("internal modules stay closed", () => {
    const attempt = `import("@priceport/core/internal/any").catch((error) => console.log(error.code))`
    assert.include(run(consumer, "node", "--eval", attempt), "ERR_PACKAGE_PATH_NOT_EXPORTED")
  })

  it("a small program runs", () => {
    assert.strictEqual(run(consumer, "node", "program.ts"), "ok\n")
  })

  it("the command starts", () => {
    assert.include(run(consumer, "node_modules/.bin/priceport", "--help"), "priceport")
  })

  it("a strict program type-checks, our declarations included", () => {
    const runners = ["@effect/vitest", "vitest"].map((name) => `${name}@${versionOf(`node_modules/${name}`)}`)
    run(consumer, "pnpm", "add", ...runners)
    assert.strictEqual(run(consumer, "node_modules/.bin/tsc", "--project", "."), "")
  })
})
