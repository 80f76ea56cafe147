import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"

/** Has what comes at the same time, from several fibers, written in one go. */
export const together = <A, E>(
  write: (items: ReadonlyArray<A>) => Effect.Effect<void, E>
): (item: A) => Effect.Effect<void, E> => {
  interface Batch {
    readonly items: Array<A>
    written: Exit.Exit<void, E> | undefined
  }
  let open: Batch = { items: [], written: undefined }

  const close = (batch: Batch) =>
    Effect.suspend(() => {
      if (batch.written !== undefined) return batch.written
      open = { items: [], written: undefined }
      return Effect.flatMap(Effect.exit(write(batch.items)), (exit) => {
        batch.written = exit
        return exit
      })
    })

  return (item) =>
    Effect.suspend(() => {
      const batch = open
      batch.items.push(item)
      return Effect.uninterruptible(Effect.andThen(Effect.yieldNow, close(batch)))
    })
}
