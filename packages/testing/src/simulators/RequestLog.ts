import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Http from "node:http"
import type { Fault } from "./Fault.ts"
import type { RecordedRequest } from "./RecordedRequest.ts"

/** The requests a server received, the oldest dropped when there are too many. */
export interface RequestLog {
  readonly add: (incoming: Http.IncomingMessage, bodyText: string, fault: Fault | undefined) => RecordedRequest
  readonly all: () => ReadonlyArray<RecordedRequest>
}

/** An empty log for at most this many requests. */
export const make = (limit: number): RequestLog => {
  const requests: Array<RecordedRequest> = []
  let count = 0

  return {
    add: (incoming, bodyText, fault) => {
      count += 1
      const request: RecordedRequest = {
        number: count,
        method: incoming.method ?? "",
        path: incoming.url ?? "",
        headers: Object.fromEntries(
          Object.entries(incoming.headersDistinct).map(([name, values]) => [name, (values ?? []).join(", ")])
        ),
        rawHeaders: pairs(incoming.rawHeaders),
        bodyText,
        body: parsed(bodyText),
        remoteAddress: incoming.socket.remoteAddress ?? "",
        ...(fault === undefined ? {} : { fault: fault._tag })
      }
      requests.push(request)
      if (requests.length > limit) {
        requests.shift()
      }
      return request
    },
    all: () => requests.slice()
  }
}

const pairs = (rawHeaders: ReadonlyArray<string>): ReadonlyArray<readonly [string, string]> =>
  rawHeaders.flatMap((name, index) => index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as const] : [])

const parsed = (text: string): unknown => Option.getOrUndefined(fromJson(text))

const fromJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))
