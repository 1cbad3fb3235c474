// How much slower this machine is than the one on which the pages were measured: 50 ms there are more here.

/** Milliseconds of `work` there: AMD EPYC, Node 24. */
const THERE = 10
const TRIES = 15
/** A limit that grows without end would hold nothing. */
const MOST = 2

/** 1 on such a machine and on faster ones, up to 2 on slower ones. */
export function slowness(): number {
  let least = Infinity
  for (let i = 0; i < TRIES; i++) {
    const began = performance.now()
    work()
    least = Math.min(least, performance.now() - began)
  }
  return Math.min(MOST, Math.max(1, least / THERE))
}

/** Strings, small objects and comparisons, as pages are made of. */
function work(): number {
  const words = Array.from({ length: 20_000 }, (_, i) => ({ word: `w${(i * 7919) % 20_011}`, at: i }))
  words.sort((a, b) => (a.word < b.word ? -1 : 1))
  return JSON.stringify(words).length + new Map(words.map(({ word, at }) => [word, at])).size
}
