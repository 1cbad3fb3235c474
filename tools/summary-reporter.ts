// Closes a vitest run with one plain line, `N passed, N failed, N skipped`, for people and for continuous integration.
// What breaks outside a test (a module that does not load, a hook, an unhandled rejection) counts as failed too.
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** How many tests ended how. */
export interface Count {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Counts the tests of `modules`, and everything else that failed beside them. */
export function countTests(modules: readonly TestModule[], unhandled: readonly SerializedError[] = []): Count {
  const tests = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
  const suites = modules.flatMap((module) => [module, ...module.children.allSuites()])
  const count = (...states: readonly string[]) => tests.filter((state) => states.includes(state)).length
  const brokenSuites = suites.filter((suite) => suite.errors().length > 0).length
  return {
    passed: count('passed'),
    failed: count('failed') + brokenSuites + unhandled.length,
    skipped: count('skipped', 'pending'),
  }
}

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const { passed, failed, skipped } = countTests(modules, unhandled)
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  }
}
