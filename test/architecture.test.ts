import { assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { filesBelow, importsOf, reachableFrom, topLevel } from "./support/repository.ts"

/** The folders of core in reading order: each may import itself and what stands before it. `sqlite` is for other packages. */
const stages = [
  ["domain", "sqlite"],
  ["provider"],
  ["resilience"],
  ["routing"],
  ["attribution", "exposure", "purchase"],
  ["pricing"]
]

/** The vendors: each package with an `XClient` and an `XProvider`. One shape, the same files under another prefix. */
const adapters = filesBelow("packages").flatMap((file) => {
  const [, folder, prefix] = file.match(/^(packages\/[^/]+\/src)\/([A-Z]\w+)Client\.ts$/) ?? []
  return folder !== undefined && prefix !== undefined && existsSync(`${folder}/${prefix}Provider.ts`)
    ? [{ folder, prefix }]
    : []
})

/** Who leans on modules Effect does not call stable yet. A new line is a decision: keep them behind few files of ours. */
const unstable: Record<string, ReadonlyArray<string>> = {
  "effect/FileSystem": ["packages/cli/src/Cli.ts"],
  "effect/Path": ["packages/cli/src/Cli.ts"],
  "effect/Stdio": ["packages/cli/src/Cli.ts"],
  "effect/cli": ["packages/cli/src/Cli.ts"],
  "effect/crypto": ["packages/core/src/internal/sealing.ts"],
  "effect/http": [
    "packages/core/src/internal/bufferedResponse.ts",
    "packages/core/src/internal/responseBody.ts",
    "packages/core/src/internal/statusReason.ts",
    "packages/core/src/internal/transportReason.ts",
    "packages/core/src/provider/UndiciHttpClient.ts",
    "packages/core/src/provider/VendorClient.ts"
  ],
  "effect/persistence": [
    "packages/core/src/resilience/Breaker.ts",
    "packages/core/src/resilience/SharedPaywalls.ts",
    "packages/outbox/src/internal/redisLibrary.ts"
  ],
  "effect/sql": [
    "packages/compare/src/internal/postgresLedgerDatabase.ts",
    "packages/outbox/src/internal/postgresDatabase.ts"
  ],
  "effect/net": ["packages/core/src/internal/ip.ts"],
  "effect/schema": ["packages/core/src/provider/WireSchema.ts"]
}

/**
 * Modules for Node alone, for an optional peer, or heavy beyond what most need (the plots of a report), imported by their own
 * path: a barrel must load without any of them.
 */
const byTheirOwnPath = new Set([
  "packages/compare/src/HtmlReport.ts",
  "packages/compare/src/Ingest.ts",
  "packages/compare/src/PostgresLedger.ts",
  "packages/compare/src/SqliteLedger.ts",
  "packages/compare/src/SqliteRouting.ts",
  "packages/core/src/provider/UndiciHttpClient.ts",
  "packages/core/src/sqlite/SqliteFile.ts",
  "packages/core/src/sqlite/SqliteQuery.ts",
  "packages/outbox/src/PostgresStore.ts",
  "packages/outbox/src/SqliteStore.ts"
])

/** What the top level may hold besides dotfiles. */
const allowedAtTheTop = new Set([
  "AGENTS.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "LICENSE",
  "README.md",
  "SECURITY.md",
  "compose.yaml",
  "dprint.json",
  "examples",
  "knip.json",
  "package.json",
  "packages",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  "test",
  "tsconfig.base.json",
  "tsconfig.json",
  "vitest.workspace.ts"
])

/** Text bound to one machine: absolute paths of its disk, the registry it installs from. */
const machineBound =
  /(?<![\w.)\]}~-])\/(?:work|tmp|root|home|Users|mnt|var\/folders)\b|\bregistry[.-][\w.-]+[.](?:org|com|net|io|dev|local|internal)\b/

const packages = readdirSync("packages")
  .map((name) => `packages/${name}`)
  .filter((folder) => existsSync(`${folder}/package.json`))

const sourcesOf = (folder: string) => filesBelow(folder).filter((file) => file.endsWith(".ts"))

const folderIn = (file: string) => file.match(/^packages\/core\/src\/(\w+)\//)?.[1]

const stageOf = (file: string) => stages.findIndex((folders) => folders.some((folder) => folder === folderIn(file)))

describe("architecture", () => {
  it("core flows one way, from domain to pricing", () => {
    const upward = sourcesOf("packages/core/src")
      .filter((file) => stageOf(file) >= 0)
      .flatMap((file) =>
        Array.from(reachableFrom(file, (target) => folderIn(target) === "internal"))
          .filter((target) => stageOf(target) > stageOf(file) || target === "packages/core/src/index.ts")
          .map((target) => `${file} -> ${target}`)
      )
    assert.deepStrictEqual(upward, [])
  })

  it("every folder of core has its place in that flow", () => {
    const known = new Set([undefined, "internal", ...stages.flat()])
    const homeless = sourcesOf("packages/core/src").filter((file) => !known.has(folderIn(file)))
    assert.deepStrictEqual(homeless, [])
  })

  it("adapters know the domain and the port: no policy, no router, no barrel, no sibling", () => {
    const stray = adapters.flatMap(({ folder }) =>
      sourcesOf(folder).flatMap((file) =>
        importsOf(file)
          .filter((target) =>
            target.startsWith("@priceport/")
              ? !/^@priceport\/core\/(?:domain|provider)\//.test(target)
              : target.startsWith("packages/") && !target.startsWith(`${folder}/`)
          )
          .map((target) => `${file} -> ${target}`)
      )
    )
    assert.deepStrictEqual(stray, [])
  })

  it("adapters have the same public files under another prefix", () => {
    const [first, ...others] = adapters.map(({ folder, prefix }) =>
      sourcesOf(folder)
        .map((file) => file.slice(folder.length + 1).replaceAll(prefix, "<Vendor>"))
        .filter((file) => !file.startsWith("internal/"))
    )
    for (const other of others) assert.deepStrictEqual(other, first)
  })

  it("the adapters are found", () => {
    assert.includeMembers(adapters.map(({ prefix }) => prefix), ["Botsi", "Corrily"])
  })

  it("every package is type-checked, and installed where tests and examples find it", () => {
    const { references } = JSON.parse(readFileSync("tsconfig.json", "utf8"))
    const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8"))
    assert.sameMembers(references.map(({ path }: { readonly path: string }) => path), packages)
    for (const folder of packages) assert.property(devDependencies, folder.replace("packages/", "@priceport/"))
  })

  it("every test is run by some project", () => {
    const config = readFileSync("vitest.workspace.ts", "utf8")
    const folders = new Set(
      filesBelow("test").filter((file) => file.endsWith(".test.ts")).map((file) => file.split("/")[1]!)
    )
    const without = Array.from(folders).filter((folder) =>
      !config.includes(folder.endsWith(".test.ts") ? "\"test/*.test.ts\"" : `"test/${folder}/**/*.test.ts"`)
    )
    assert.deepStrictEqual(without, [])
  })

  it("a barrel names every public module of its package that runs anywhere", () => {
    const missing = packages
      .filter((folder) => existsSync(`${folder}/src/index.ts`))
      .flatMap((folder) => {
        const named = new Set([`${folder}/src/index.ts`, ...importsOf(`${folder}/src/index.ts`)])
        return sourcesOf(`${folder}/src`)
          .filter((file) => !file.includes("/internal/") && named.has(file) === byTheirOwnPath.has(file))
      })
    assert.deepStrictEqual(missing, [])
  })

  it.each(packages)("what %s exports is there, in the repository as when published", (folder) => {
    const { bin = {}, exports, publishConfig } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"))
    const published = (targets: Record<string, string | null>) =>
      Object.fromEntries(
        Object.entries(targets).map(([name, target]) => [
          name,
          target?.replace("./src/", "./dist/").replace(/\.ts$/, ".js") ?? null
        ])
      )
    assert.deepStrictEqual(publishConfig.exports, published(exports))
    assert.deepStrictEqual(publishConfig.bin ?? {}, published(bin))

    const absent = Object.values<string | null>({ ...exports, ...bin })
      .filter((target) => target !== null && !target.includes("*") && !existsSync(`${folder}/${target}`))
    assert.deepStrictEqual(absent, [])
  })

  it("modules of Effect that are not stable stay behind few files", () => {
    const found: Record<string, Array<string>> = {}
    for (const file of packages.flatMap((folder) => sourcesOf(`${folder}/src`))) {
      for (const family of new Set(importsOf(file).filter(isUnstable).map(familyOf))) (found[family] ??= []).push(file)
    }
    assert.deepStrictEqual(found, unstable)
  })

  it("only the statistics of compare know the distributions of @stdlib", () => {
    const stray = packages.flatMap((folder) => sourcesOf(`${folder}/src`)).filter((file) =>
      !file.startsWith("packages/compare/src/statistics/") &&
      importsOf(file).some((target) => target.startsWith("@stdlib/"))
    )
    assert.deepStrictEqual(stray, [])
  })

  it("simulators and memory never load vitest, nor does the command", () => {
    const entries = [
      "packages/testing/src/simulators.ts",
      "packages/testing/src/memory.ts",
      ...sourcesOf("packages/cli/src")
    ]
    const testRunners = entries.flatMap((file) =>
      Array.from(reachableFrom(file, (target) => target.startsWith("packages/")))
        .filter((target) => /^(?:@effect\/)?vitest\b|^@priceport\/testing\/contract$/.test(target))
        .map((target) => `${file} -> ${target}`)
    )
    assert.deepStrictEqual(testRunners, [])
  })

  it("the top level holds what it may, and nothing else", () => {
    const strangers = topLevel().filter((name) => !name.startsWith(".") && !allowedAtTheTop.has(name))
    assert.deepStrictEqual(strangers, [])
  })

  it("no file speaks of one machine", () => {
    const bound = filesBelow(".").flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, index) => machineBound.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 100)}`] : [])
    )
    assert.deepStrictEqual(bound, [])
  })
})

/** `effect/http` for `effect/http/HttpClient`, `effect/ExecutionPlan` for itself. */
const familyOf = (specifier: string) => specifier.split("/").slice(0, 2).join("/")

/** The installed sources say it themselves: each module carries a `@stability` tag. */
const isUnstable = (specifier: string) => {
  if (!specifier.startsWith("effect/")) return false
  const path = `node_modules/effect/src/${specifier.slice("effect/".length)}`
  const source = existsSync(`${path}.ts`) ? `${path}.ts` : `${path}/index.ts`
  return readFileSync(source, "utf8").match(/@stability (\w+)/)?.[1] !== "stable"
}
