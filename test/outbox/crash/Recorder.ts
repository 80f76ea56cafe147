/** A proxy in front of a vendor that keeps every request and sees which of them overlap. */
import { Effect } from "effect"
import { Buffer } from "node:buffer"
import * as Http from "node:http"

export interface Recorded {
  readonly path: string
  readonly body: string
  /** The vendor's status; undefined where whoever asked was gone before there was one. */
  status: number | undefined
}

export interface Recorder {
  readonly baseUrl: string
  readonly recorded: ReadonlyArray<Recorded>
  /** Keys of requests that began while one of the same key was under way. */
  readonly overlaps: ReadonlyArray<string>
}

/** Starts one. `keyOf` says which requests must not overlap: those of one key. */
export const make = (vendor: string, keyOf: (body: string) => string | undefined) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<Recorder & { readonly server: Http.Server }>((resume) => {
        const recorded: Array<Recorded> = []
        const overlaps: Array<string> = []
        const open = new Set<string>()
        const { hostname, pathname, port } = new URL(vendor)
        const agent = new Http.Agent({ keepAlive: true })

        const server = Http.createServer((request, response) => {
          const chunks: Array<Buffer> = []
          request.on("data", (chunk: Buffer) => chunks.push(chunk))
          request.on("end", () => {
            const body = Buffer.concat(chunks).toString()
            const one: Recorded = { path: request.url!, body, status: undefined }
            recorded.push(one)
            const key = keyOf(body)
            if (key !== undefined && open.has(key)) overlaps.push(key)
            if (key !== undefined) open.add(key)
            const onward = Http.request({
              agent,
              hostname,
              port,
              path: request.url,
              method: request.method,
              headers: { ...request.headers, host: `${hostname}:${port}` }
            }, (answer) => {
              one.status = answer.statusCode
              response.writeHead(answer.statusCode!, answer.headers)
              answer.pipe(response)
            })
            onward.on("error", () => response.destroy())
            onward.end(body)
            response.on("close", () => {
              if (key !== undefined) open.delete(key)
              if (one.status === undefined) onward.destroy()
            })
          })
        })
        server.listen(0, "127.0.0.1", () => {
          const address = server.address()
          const own = typeof address === "object" && address !== null ? address.port : 0
          resume(Effect.succeed({ server, recorded, overlaps, baseUrl: `http://127.0.0.1:${own}${pathname}` }))
        })
      }),
      ({ server }) =>
        Effect.callback<void>((resume) => {
          server.closeAllConnections()
          server.close(() => resume(Effect.void))
        })
    ),
    (recorder): Recorder => recorder
  )
