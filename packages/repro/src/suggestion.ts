// Which of the known words somebody meant.

/** The candidate nearest to `word`, if near enough to be a slip of the fingers; case does not matter. */
export function suggestion(word: string, candidates: Iterable<string>): string | undefined {
  const near = [...candidates]
    .map((candidate) => ({ candidate, slips: slips(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, slips }) => slips <= Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3)))
    .sort((a, b) => a.slips - b.slips)
  return near[0]?.candidate
}

/** ' Did you mean X?', or nothing when nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const nearest = suggestion(word, candidates)
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`
}

/** Letters to insert, delete, exchange or swap with a neighbour (optimal string alignment distance). */
export function slips(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, j) => j)
  for (let i = 1; i <= from.length; i++) {
    const current = [i]
    for (let j = 1; j <= to.length; j++) {
      const exchange = last[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1)
      const swap =
        i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1] ? beforeLast[j - 2] + 1 : Infinity
      current.push(Math.min(last[j] + 1, current[j - 1] + 1, exchange, swap))
    }
    beforeLast = last
    last = current
  }
  return last[to.length]
}
