// Problems that lie side by side in one vector, each with steps of its own, computed all at once: a computation waits until every problem
// that still runs has asked for one.

/** What several problems ask for. */
export interface Lockstep<T> {
  /** Asks for what a problem's coordinates give. Rejects with what the computation throws. */
  ask(problem: number, coordinates: Float64Array): Promise<T>
  /** A problem asks no more: it stays at some coordinates. */
  leave(problem: number, coordinates: Float64Array): void
}

/** A question that waits. */
interface Asked<T> {
  readonly resolve: (answer: T) => void
  readonly reject: (error: unknown) => void
}

/** `compute` gives an answer for each of `problems` from all coordinates, one problem after the other; it keeps none of them. */
export function lockstep<T>(
  problems: number,
  start: Float64Array,
  compute: (all: Float64Array) => Promise<readonly T[]>,
): Lockstep<T> {
  const all = start.slice()
  const length = all.length / problems
  const waiting = new Map<number, Asked<T>>()
  let running = problems

  function computeIfAllWait(): void {
    if (running === 0 || waiting.size < running) return
    const asked = [...waiting]
    waiting.clear()
    compute(all).then(
      (answers) => asked.forEach(([problem, { resolve }]) => resolve(answers[problem])),
      (error: unknown) => asked.forEach(([, { reject }]) => reject(error)),
    )
  }

  return {
    ask: (problem, coordinates) =>
      new Promise((resolve, reject) => {
        all.set(coordinates, problem * length)
        waiting.set(problem, { resolve, reject })
        computeIfAllWait()
      }),
    leave(problem, coordinates) {
      all.set(coordinates, problem * length)
      running--
      computeIfAllWait()
    },
  }
}
