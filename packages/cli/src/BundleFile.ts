/**
 * The file a bundle of fallback paywalls is kept in.
 */
import * as Effect from "effect/Effect"
import { FileSystem, Path } from "./Cli.ts"
import * as Failure from "./Failure.ts"

/** Reads the text of a file. */
export const read = (file: string) => Effect.flatMap(FileSystem.FileSystem, (_) => _.readFileString(file))

/** Replaces a file as a whole: whoever reads it sees the old one or the new one, and a failure leaves the old one. */
export const replace = (file: string, text: string) =>
  Effect.gen(function*() {
    const fileSystem = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    // A link stays a link, and the file behind it is replaced.
    const target = yield* Effect.orElseSucceed(fileSystem.realPath(file), () => file)
    const existing = yield* Effect.option(fileSystem.stat(target))
    const folder = yield* fileSystem.makeTempDirectoryScoped({ directory: path.dirname(target), prefix: ".priceport-" })
    const fresh = path.join(folder, path.basename(target))
    yield* fileSystem.writeFileString(fresh, text)
    if (existing._tag === "Some") yield* fileSystem.chmod(fresh, existing.value.mode & 0o777)
    yield* fileSystem.rename(fresh, target)
  }).pipe(
    Effect.scoped,
    Effect.mapError(({ reason }) => {
      const issue = `Expected a file that can be written, but ${JSON.stringify(file)} is not one (${reason._tag})`
      return Failure.invalid("getPaywall", "output", issue)
    })
  )
