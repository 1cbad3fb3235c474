// How well features tell textures from fields of the same spectrum, on pairs that were not trained on.
import type { FeatureMatrix, RunOptions } from '@scatterlab/learn'
import { type Backend, ValueError, random } from '@scatterlab/tensor'
import { scatteringMeans, windowedSpectrum } from './features.ts'
import { firstOrder, logarithms, normalise } from './normalisation.ts'
import { type Feature, type Outcome, evaluate } from './protocol.ts'
import type { Pairs } from './twins.ts'

const SCALES = 5

/**
 * The errors of each feature after training on so many pairs, drawn by the seed: textures are class 0, their twins class 1. Throws
 * `ValueError` where that leaves none to test.
 */
export async function pairErrors(
  { name, textures, twins }: Pairs,
  training: number,
  options: RunOptions & { readonly backend: Backend; readonly seed: number },
): Promise<[feature: string, outcome: Outcome][]> {
  if (training >= textures.length)
    throw new ValueError(`${name} has ${textures.length} pairs, of which ${training} are trained on: train on fewer`)
  const fields = [...textures, ...twins]
  const labels = Uint8Array.from(fields, (_, i) => (i < textures.length ? 0 : 1))
  const S = await scatteringMeans(fields, { scales: SCALES, periodic: true }, options)
  const spectrum = windowedSpectrum(fields, options, true)
  const one = (name: string, view: FeatureMatrix): Feature => ({ name, candidates: [{ name, views: [view] }] })
  const features = [
    one('windowed Fourier spectrum', logarithms(spectrum)),
    {
      name: 'scattering, order 1',
      candidates: [{ name: 'half', views: [normalise(firstOrder(S), 'logarithms')], dimension: 0.5 }],
    },
    one('scattering, order 2', normalise(S, 'logarithms of ratios')),
  ]
  // a pair is trained on, or tested, as a whole
  const rows = Int32Array.from(labels.keys())
  const known = new Set(random(options.seed).permutation(textures.length).subarray(0, training))
  const isKnown = (row: number): boolean => known.has(row % textures.length)
  const split = { training: rows.filter(isKnown), test: rows.filter((row) => !isKnown(row)) }
  const results: [string, Outcome][] = []
  for (const feature of features) results.push([feature.name, await evaluate(feature, labels, split, options)])
  return results
}
