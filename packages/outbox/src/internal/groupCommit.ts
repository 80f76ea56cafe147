import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"

/**
 * Writes what several callers bring at the same time in one go: who comes while a write is under way is written with the
 * next. A caller who goes away has its items written all the same.
 */
export const make = <A, B, E>(options: {
  readonly limit: number
  /** Why nothing is written after the scope has ended. */
  readonly closed: E
  readonly commit: (items: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, E>
}): Effect.Effect<(items: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, E>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const brought: Array<Job<A, B, E>> = []
    let isClosed = false
    const latch = Latch.makeUnsafe()

    /** Those who are about to come may: as long as more come with each turn, they are waited for. */
    const gather = Effect.gen(function*() {
      for (let count = 0; count < brought.length && brought.length < options.limit;) {
        count = brought.length
        yield* Effect.yieldNow
      }
    })

    const write = Effect.suspend(() => {
      const jobs: Array<Job<A, B, E>> = []
      for (let items = 0; brought.length > 0 && (items === 0 || items + brought[0]!.items.length <= options.limit);) {
        const job = brought.shift()!
        items += job.items.length
        jobs.push(job)
      }
      return Effect.flatMap(
        Effect.exit(Effect.suspend(() => options.commit(jobs.flatMap(({ items }) => items)))),
        (exit) =>
          Effect.sync(() => {
            let from = 0
            for (const { done, items } of jobs) {
              const start = from
              from += items.length
              const end = from
              done(Exit.map(exit, (results) => results.slice(start, end)))
            }
          })
      )
    })

    yield* latch.await.pipe(
      Effect.andThen(gather),
      Effect.andThen(Effect.uninterruptible(write)),
      Effect.andThen(Effect.sync(() => brought.length === 0 && latch.closeUnsafe())),
      Effect.forever,
      Effect.ensuring(Effect.sync(() => {
        isClosed = true
        for (const { done } of brought.splice(0)) done(Exit.fail(options.closed))
      })),
      Effect.forkScoped
    )

    return (items) =>
      items.length === 0 ? Effect.succeed([]) : Effect.callback((resume) => {
        if (isClosed) return resume(Exit.fail(options.closed))
        brought.push({ items, done: resume })
        latch.openUnsafe()
      })
  })

interface Job<A, B, E> {
  readonly items: ReadonlyArray<A>
  readonly done: (exit: Exit.Exit<ReadonlyArray<B>, E>) => void
}
