import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import { type Pipeable, pipeArguments } from "effect/Pipeable"

/**
 * A response whose body is already here, whole. Its status, headers and bytes cost nothing more; any other way to read it
 * goes through a web `Response`, made when it is asked for.
 */
export class BufferedResponse extends Inspectable.Class implements HttpClientResponse.HttpClientResponse, Pipeable {
  readonly [HttpIncomingMessage.TypeId]: typeof HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: typeof HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly request: HttpClientRequest.HttpClientRequest
  readonly url: string
  readonly status: number
  readonly headers: Headers.Headers
  readonly remoteAddress = Option.none<string>()
  readonly bytes: Uint8Array<ArrayBuffer>

  constructor(
    request: HttpClientRequest.HttpClientRequest,
    url: string,
    status: number,
    headers: Headers.Input,
    bytes: Uint8Array<ArrayBuffer>
  ) {
    super()
    this.request = request
    this.url = url
    this.status = status
    this.headers = Headers.fromInput(headers)
    this.bytes = bytes
  }

  get arrayBuffer() {
    return Effect.sync(() => this.bytes.buffer.slice(this.bytes.byteOffset, this.bytes.byteOffset + this.bytes.length))
  }
  get text() {
    return this.web.text
  }
  get json() {
    return this.web.json
  }
  get stream() {
    return this.web.stream
  }
  get urlParamsBody() {
    return this.web.urlParamsBody
  }
  get formData() {
    return this.web.formData
  }
  get cookies() {
    return this.web.cookies
  }
  get upgrade() {
    return this.web.upgrade
  }

  private get web(): HttpClientResponse.HttpClientResponse {
    const bodyless = this.status === 204 || this.status === 205 || this.status === 304
    return HttpClientResponse.fromWeb(
      this.request,
      new Response(bodyless ? null : this.bytes, { status: this.status, headers: this.headers })
    )
  }

  toJSON(): unknown {
    return { _id: "effect/http/HttpClientResponse", request: this.request.toJSON(), status: this.status }
  }

  pipe() {
    return pipeArguments(this, arguments)
  }
}
