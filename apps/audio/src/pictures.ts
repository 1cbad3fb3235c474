// The pictures of the experiment: scalograms, what both spins answer to a chirp, and errors speaker by speaker.
import { type Figure, heatMap, linePlot } from '@scatterlab/figures'
import type { PathCoefficients1d, TimeFrequencyPath } from '@scatterlab/scattering'

/** log |x ⋆ ψ_λ|(t): a row for each first-order wavelet, the highest frequency at the top. */
export function scalogram(title: string, coefficients: readonly PathCoefficients1d[], seconds: number): Figure {
  const rows = coefficients.filter(({ path }) => path.order === 1)
  const columns = rows[0].shape.at(-1)!
  const peak = Math.max(...rows.map(({ data }) => Array.from(data).reduce((most, v) => Math.max(most, v), 0)))
  const data = Float64Array.from({ length: rows.length * columns }, (_, i) =>
    Math.max(-3, Math.log10(rows[Math.floor(i / columns)].data[i % columns] / peak)),
  )
  return heatMap({
    title,
    data,
    shape: [rows.length, columns],
    label: 'log₁₀ |x ⋆ ψ| of its largest',
    x: { label: 'time, s', extent: [0, seconds] },
    y: { label: 'wavelet n₁, from high to low frequency', extent: [0, rows.length] },
    scale: 3,
  })
}

/** Mean answers by frequency in time, of both spins to both chirps. */
export function spinPlot(paths: readonly TimeFrequencyPath[], up: ArrayLike<number>, down: ArrayLike<number>): Figure {
  const second = paths.filter(({ order, spin }) => order === 2 && spin !== 0)
  const hertz = [...new Set(second.map((path) => path.hertz!))].toSorted((a, b) => a - b)
  const answer = (S: ArrayLike<number>, spin: number): number[] =>
    hertz.map((f) => second.reduce((sum, p) => sum + (p.hertz === f && p.spin === spin ? S[p.index] : 0), 0))
  return linePlot({
    title: 'Joint scattering of a rising and a falling chirp',
    series: [
      { label: 'rising, spin 1', x: hertz, y: answer(up, 1) },
      { label: 'rising, spin −1', x: hertz, y: answer(up, -1) },
      { label: 'falling, spin 1', x: hertz, y: answer(down, 1), dashed: true },
      { label: 'falling, spin −1', x: hertz, y: answer(down, -1), dashed: true },
    ],
    x: { label: 'frequency of the wavelet in time, Hz', scale: 'log' },
    y: { label: 'coefficients, summed', scale: 'log' },
  })
}
