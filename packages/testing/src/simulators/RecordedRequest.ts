/**
 * One request as a simulator received it, so that a test can say what an adapter really sent.
 *
 * @category models
 * @since 0.1.0
 */
export interface RecordedRequest {
  /** 1 for the first request since the simulator started. */
  readonly number: number
  readonly method: string
  /** The request target as sent, with the base path and any query. */
  readonly path: string
  /** Names in lower case; a header that came twice has its values joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Names and values exactly as they were on the wire, in order. */
  readonly rawHeaders: ReadonlyArray<readonly [name: string, value: string]>
  /** The body's text; empty when a `Reset` before reading cut it off. */
  readonly bodyText: string
  /** The body parsed as JSON; `undefined` when it is not JSON. */
  readonly body: unknown
  /** The address of the connection's other end. */
  readonly remoteAddress: string
  /** The tag of the fault that this request met. */
  readonly fault?: string
}
