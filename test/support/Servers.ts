/**
 * The servers that some tests need, started for one file of tests in a folder and on a port of its own.
 *
 * Where a server is not installed its tests are left out, and a line says so. In CI that is a failure.
 */
import { describe } from "@effect/vitest"
import assert from "node:assert/strict"
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import * as Net from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"

/** Where PostgreSQL listens: `PRICEPORT_TEST_PG_URL`, or the usual port of this machine. */
export const postgresUrl = process.env["PRICEPORT_TEST_PG_URL"] ?? "postgresql://postgres@127.0.0.1:5432/postgres"

/** Where Redis listens: `PRICEPORT_TEST_REDIS_URL`, or the usual port of this machine. */
export const redisUrl = process.env["PRICEPORT_TEST_REDIS_URL"] ?? "redis://127.0.0.1:6379"

/**
 * Registers tests that need a server. Where it is missing they are skipped, which is said on standard error; in CI it throws,
 * and the file counts as failed.
 */
export const suite = (name: string, missing: string | undefined, register: () => void): void =>
  void describe.skipIf(leftOut(name, missing))(`${name}`, () => {
    register()
  })

/** What is missing where nobody listens at a URL. */
export const unreachable = async (url: string): Promise<string | undefined> => {
  const { hostname, port, protocol } = new URL(url)
  const there = await listening(hostname, Number(port || (protocol === "redis:" ? 6379 : 5432)))
  return there ? undefined : `nobody listens at ${hostname}:${port}`
}

const leftOut = (tests: string, missing: string | undefined): boolean => {
  if (missing === undefined) return false
  const sentence = `${tests}: left out, ${missing}`
  if (process.env["CI"] !== undefined) throw new Error(sentence)
  process.stderr.write(`${sentence}\n`)
  return true
}

const listening = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = Net.connect({ host, port })
    socket.setTimeout(2000, () => socket.destroy())
    socket.once("connect", () => socket.end(() => resolve(true)))
    socket.once("close", () => resolve(false))
    socket.once("error", () => resolve(false))
  })

/** A port that was free a moment ago. */
const freePort = async (): Promise<number> => {
  const server = Net.createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  return typeof address === "object" && address !== null ? address.port : 0
}

/** A server that a test started for itself. */
export interface Server {
  readonly url: string
  /** Ends it as a power cut would, and starts it again on the same data. */
  readonly crash: () => Promise<void>
  readonly start: () => Promise<void>
  /** Ends it and removes its folder. */
  readonly stop: () => Promise<void>
}

const bin = "/usr/lib/postgresql"
const postgresBin = existsSync(bin)
  ? readdirSync(bin).toSorted((a, b) => Number(b) - Number(a)).map((version) => join(bin, version, "bin"))
    .find((folder) => existsSync(join(folder, "initdb")))
  : undefined

const redisBin = ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"]
  .find((file) => existsSync(file))

/** What is missing for `ownPostgres`. */
export const withoutPostgres = postgresBin === undefined ? `no PostgreSQL below ${bin}` : undefined

/** What is missing for `ownRedis`. */
export const withoutRedis = redisBin === undefined ? "no redis-server is installed" : undefined

/** A new PostgreSQL cluster that writes through to disk. It refuses to run as root, so root lends it to `postgres`. */
export const ownPostgres = async (): Promise<Server> => {
  const who = process.getuid?.() === 0 ? userOf("postgres") : undefined
  const folder = mkdtempSync(join(tmpdir(), "priceport-postgres-"))
  if (who !== undefined) chownSync(folder, who.uid, who.gid)
  const data = join(folder, "data")
  const made = spawnSync(
    join(postgresBin!, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    { ...who, cwd: folder, encoding: "utf8" }
  )
  assert.equal(made.status, 0, made.stderr)
  const port = await freePort()
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`
  return ownServer({
    url,
    folder,
    // Ends at once, without a checkpoint, its backends too: what a crash leaves behind.
    signal: "SIGQUIT",
    goodbye: "SIGINT",
    start: () =>
      spawn(join(postgresBin!, "postgres"), ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", ""], {
        ...who,
        cwd: folder,
        stdio: "ignore"
      }),
    ready: () => spawnSync(join(postgresBin!, "pg_isready"), ["-h", "127.0.0.1", "-p", String(port)]).status === 0
  })
}

const userOf = (name: string) => {
  const ask = (flag: string) => Number(spawnSync("id", [flag, name], { encoding: "utf8" }).stdout)
  return { uid: ask("-u"), gid: ask("-g") }
}

/** A new Redis that has on disk whatever it acknowledged, or with other `settings`. */
export const ownRedis = async (
  settings: ReadonlyArray<string> = ["--appendonly", "yes", "--appendfsync", "always"]
): Promise<Server> => {
  const folder = mkdtempSync(join(tmpdir(), "priceport-redis-"))
  const port = await freePort()
  return ownServer({
    url: `redis://127.0.0.1:${port}`,
    folder,
    signal: "SIGKILL",
    goodbye: "SIGTERM",
    start: () =>
      spawn(redisBin!, ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", ...settings], {
        stdio: "ignore"
      }),
    ready: () => listening("127.0.0.1", port)
  })
}

/** PostgreSQL as `PRICEPORT_TEST_PG_URL` says, or a cluster of its own. */
export const somePostgres = (): Promise<Pick<Server, "stop" | "url">> => named("PRICEPORT_TEST_PG_URL") ?? ownPostgres()

/** Redis as `PRICEPORT_TEST_REDIS_URL` says, or one of its own. It writes through to disk. */
export const someRedis = (): Promise<Pick<Server, "stop" | "url">> => named("PRICEPORT_TEST_REDIS_URL") ?? ownRedis()

/** What is missing for `somePostgres`. */
export const withoutSomePostgres = process.env["PRICEPORT_TEST_PG_URL"] === undefined ? withoutPostgres : undefined

/** What is missing for `someRedis`. */
export const withoutSomeRedis = process.env["PRICEPORT_TEST_REDIS_URL"] === undefined ? withoutRedis : undefined

const named = (variable: string) => {
  const url = process.env[variable]
  return url === undefined ? undefined : Promise.resolve({ url, stop: () => Promise.resolve() })
}

const ownServer = async ({ folder, goodbye, ready, signal, start, url }: {
  readonly url: string
  readonly folder: string
  /** What ends it at once, and what lets it put its things away. */
  readonly signal: NodeJS.Signals
  readonly goodbye: NodeJS.Signals
  readonly start: () => ChildProcess
  readonly ready: () => boolean | Promise<boolean>
}): Promise<Server> => {
  let child: ChildProcess | undefined
  const end = () => void child?.kill(signal)
  const kill = async (signal: NodeJS.Signals) => {
    const gone = child !== undefined && child.exitCode === null && child.signalCode === null && once(child, "exit")
    child?.kill(signal)
    await gone
    child = undefined
  }
  const run = async () => {
    child = start()
    while (!await ready()) {
      assert.equal(child.exitCode, null, `the server for ${url} ended at once`)
      await setTimeout(20)
    }
  }
  process.once("exit", end)
  await run()
  return {
    url,
    crash: () => kill(signal),
    start: run,
    stop: async () => {
      await kill(goodbye)
      process.off("exit", end)
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
