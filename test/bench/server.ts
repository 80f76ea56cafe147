/** A vendor that answers every POST at once with the JSON given as its argument, in a process of its own. */
import { createServer } from "node:http"

const body = Buffer.from(process.argv[2] ?? "{}")

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body)
  })
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  process.send?.(typeof address === "object" ? address?.port : undefined)
})
