// Scores as rows of the result, and what several trainings say together.
import type { Measured, Row } from '@scatterlab/repro'
import type { Scores } from './scores.ts'

const MEASURES = { pixelAccuracy: 'pixels', classAccuracy: 'by class', meanIoU: 'mean IoU' } as const

type Measure = keyof typeof MEASURES

/** The three scores. */
export const scoreRows = (method: string, settings: Row['settings'], scores: Scores): Measured[] =>
  (Object.keys(MEASURES) as Measure[]).map((key) => ({
    measure: MEASURES[key],
    method,
    settings,
    value: scores[key],
    unit: '%',
  }))

/** The 97.5 % quantile of Student's t with 1 to 9 degrees of freedom. */
const STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]

/** Mean and half of its 95 % interval by Student's t; null for one value. */
export function interval(values: readonly number[]): { mean: number; half: number | null } {
  const n = values.length
  const mean = values.reduce((sum, v) => sum + v, 0) / n
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1)
  const t = STUDENT[n - 2]
  return { mean, half: t === undefined ? null : t * Math.sqrt(variance / n) }
}

/** Means over trainings with intervals, and what each method gains on the one before it, training by training. */
export function comparedRuns(found: ReadonlyMap<string, readonly Scores[]>, runs: number): Measured[] {
  if (runs < 2) return []
  const rows: Measured[] = []
  const add = (measure: string, method: string, values: readonly number[]): void => {
    const { mean, half } = interval(values)
    rows.push({ measure, method, settings: { runs }, value: mean, unit: '%' })
    if (half !== null)
      rows.push({
        measure: `${measure}, half of the 95 % interval`,
        method,
        settings: { runs },
        value: half,
        unit: '%',
      })
  }
  const methods = [...found]
  for (const key of ['pixelAccuracy', 'classAccuracy'] as const) {
    const measure = `mean of ${MEASURES[key]}`
    for (const [method, scores] of methods)
      add(
        measure,
        method,
        scores.map((own) => own[key]),
      )
    const of = (method: string): readonly Scores[] | undefined => found.get(method)
    for (const [better, worse] of [
      ['3 scales', '1 scale'],
      ['1 scale + superpixels', '1 scale'],
      ['3 scales + superpixels', '3 scales'],
    ] as const) {
      const [a, b] = [of(better), of(worse)]
      if (a && b)
        add(
          `gain in ${MEASURES[key]}`,
          `${better} over ${worse}`,
          a.map((own, i) => own[key] - b[i][key]),
        )
    }
  }
  return rows
}
