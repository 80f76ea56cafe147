import type { Reporter, SerializedError, TestModule, TestSuite, Vitest } from "vitest/node"

/**
 * Ends every run with one line, `N passed, N failed[, N skipped]`, for machines to read.
 *
 * A suite that could not start, a test that never ran, an error outside of every test and, in CI, a project without
 * test files each count as one failure.
 */
export class CountReporter implements Reporter {
  #vitest: Vitest | undefined

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<SerializedError>): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()])
    for (const test of modules.flatMap((module) => [...module.children.allTests()])) count[test.result().state]++

    const absent = this.#projectsWithoutTests(modules).map((name) => `project ${name} has no test files`)
    const broken = suites.filter((suite) => suite.errors().length > 0).map((suite) => `${nameOf(suite)} did not run`)
    const problems = [...broken, ...absent]
    for (const problem of problems) process.stderr.write(`${problem}\n`)

    const failed = count.failed + count.pending + problems.length + errors.length
    if (failed > 0) process.exitCode = 1
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ""
    process.stdout.write(`\n${count.passed} passed, ${failed} failed${skipped}\n`)
  }

  #projectsWithoutTests(modules: ReadonlyArray<TestModule>): ReadonlyArray<string> {
    if (this.#vitest === undefined || process.env.CI === undefined) return []
    const found = new Set(modules.map((module) => module.project.name))
    return this.#vitest.projects.map((project) => project.name).filter((name) => !found.has(name))
  }
}

const nameOf = (suite: TestModule | TestSuite) =>
  suite.type === "module" ? suite.relativeModuleId : `${suite.module.relativeModuleId} > ${suite.fullName}`
