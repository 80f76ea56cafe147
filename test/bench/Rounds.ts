/**
 * Compares rivals by the CPU time this process spends on each, in interleaved rounds, so that a slow moment of the
 * machine hits all of them. Ratios of medians are what counts; microseconds are printed to show where time goes.
 */
export interface Rival {
  readonly name: string
  readonly run: (times: number) => Promise<void> | void
}

export interface Result {
  readonly name: string
  readonly micros: number
}

export const compare = async (
  rivals: ReadonlyArray<Rival>,
  options: { readonly rounds: number; readonly times: number }
): Promise<ReadonlyArray<Result>> => {
  for (const rival of rivals) await rival.run(options.times)
  const samples = rivals.map((): Array<number> => [])
  for (let round = 0; round < options.rounds; round++) {
    for (const [index, rival] of rivals.entries()) {
      globalThis.gc?.()
      const before = process.cpuUsage()
      await rival.run(options.times)
      const { system, user } = process.cpuUsage(before)
      samples[index]!.push((system + user) / options.times)
    }
  }
  return rivals.map(({ name }, index) => ({ name, micros: median(samples[index]!) }))
}

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

export const report = (title: string, results: ReadonlyArray<Result>, bounds: ReadonlyArray<Bound>): void => {
  const of = (name: string) => results.find((result) => result.name === name)!.micros
  console.log(`\n${title}`)
  for (const { micros, name } of results) console.log(`  ${name.padEnd(44)} ${micros.toFixed(2).padStart(10)} us CPU`)
  for (const { against, atMost, subject } of bounds) {
    const ratio = of(subject) / of(against)
    console.log(
      `  ${subject} / ${against} = ${ratio.toFixed(3)} (at most ${atMost}): ${ratio <= atMost ? "OK" : "MISSED"}`
    )
  }
}

export interface Bound {
  readonly subject: string
  readonly against: string
  readonly atMost: number
}
