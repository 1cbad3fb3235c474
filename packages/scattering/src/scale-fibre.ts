// The mean along scales: paths that a dilation by a power of two takes into each other are averaged. A step of its own after a
// transform and before its gradient.
import { type Backend, type Formula, type RealDType, formula } from '@scatterlab/tensor'
import { fused } from '@scatterlab/tensor/operations'
import type { PathView } from './groups.ts'
import type { RotoTranslationPath } from './roto-translation-paths.ts'
import { type Stack, memoryOf } from './roto-translation-plan.ts'
import type { Prepared } from './transform.ts'

/** A path that stands for several. */
export interface ScaleMean {
  readonly path: RotoTranslationPath
  /** Indices of the paths that are averaged. */
  readonly members: readonly number[]
}

/** Paths by what a dilation leaves alone: order, difference of scales, angles. The finest path stands for all. */
export function scaleMeans(paths: readonly RotoTranslationPath[]): ScaleMean[] {
  const key = ({ order, scales, relativeAngle, angularScale, scaleWavelet, angle }: RotoTranslationPath): string =>
    [order, order > 1 ? scales[1] - scales[0] : 0, relativeAngle, angularScale, scaleWavelet, angle].join(' ')
  const groups = [...Map.groupBy(paths, key).values()]
  const indexOf = new Map<number, number>()
  groups.forEach((group, index) => group.forEach((path) => indexOf.set(path.index, index)))
  return groups.map((group, index) => ({
    path: {
      ...group[0],
      index,
      parent: group[0].parent < 0 ? -1 : indexOf.get(group[0].parent)!,
      firstScales: group.flatMap(({ scales }) => scales.slice(0, 1)),
    },
    members: group.map((path) => path.index),
  }))
}

/** A transform's averages and gradient, with the means of paths in place of the paths. */
export function alongScales(
  { averages, gradient, dispose }: Omit<Prepared, 'moduli'>,
  means: readonly ScaleMean[],
  paths: number,
  kept: readonly [number, number],
  backend: Backend,
  dtype: RealDType,
): Omit<Prepared, 'moduli'> {
  const within = (count: number, body: (all: Stack) => void): void => {
    const memory = memoryOf(backend, dtype, count)
    body(memory.real('S', paths, kept))
    memory.release()
  }
  return {
    averages: (x, count, S) =>
      within(count, (all) => {
        averages(x, count, all.at)
        means.forEach(({ members }, i) => fused(backend, meanOf(members.length), members.map(all.at), [S(i)]))
      }),
    gradient: (x, count, g: PathView, out) =>
      within(count, (all) => {
        means.forEach(({ members }, i) => {
          for (const member of members) fused(backend, share, [g(i)], [all.at(member)], [1 / members.length])
        })
        gradient(x, count, all.at, out)
      }),
    dispose,
  }
}

const share = /* @__PURE__ */ formula('a share', 1, 1, (g, weight) => [g.times(weight)])
const known: Formula[] = []

/** The mean of so many arrays. */
const meanOf = (count: number): Formula =>
  (known[count] ??= formula(`the mean of ${count}`, count, 0, (...terms) => [
    terms.reduce((sum, term) => sum.plus(term)).times(1 / count),
  ]))
