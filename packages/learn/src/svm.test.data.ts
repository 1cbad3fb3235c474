// Three classes on a formula, and what LIBSVM (scikit-learn 1.2.1, tolerance 1e-9) makes of them. Not a random set, so that any program
// can make the same.
import type { FeatureMatrix } from './features.ts'

const [n, d] = [90, 4]

/** Labels (7i mod 3), features sin(0.37 i² + 1.7 j) + cos(0.11 i (j + 1))/2, moved a little by class. */
export function formulaSet(): { features: FeatureMatrix; labels: Int32Array } {
  const labels = Int32Array.from({ length: n }, (_, i) => (i * 7) % 3)
  const data = Float64Array.from({ length: n * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d]
    const moved = j === 0 ? 0.8 * labels[i] : j === 1 && labels[i] === 1 ? -0.6 : 0
    return Math.sin(i * i * 0.37 + j * 1.7) + 0.5 * Math.cos(i * (j + 1) * 0.11) + moved
  })
  return { features: { data, shape: [n, d] }, labels }
}

/** Dual objectives of the pairs (0, 1), (0, 2), (1, 2), intercepts, support vectors, values of the first sample, training errors. */
export const libsvm = [
  {
    options: { kernel: 'rbf', gamma: 0.5, cost: 1 },
    objectives: [29.06670078, 17.51678627, 26.96524715],
    intercepts: [0.084951368, 0.10551048, 0.025796532],
    support: 81,
    first: [0.99999998, 0.79184426, -0.6190732],
    errors: 13,
  },
  {
    options: { kernel: 'rbf', gamma: 2, cost: 100 },
    objectives: [88.94493213, 19.56348832, 41.88045679],
    intercepts: [0.33300314, 0.065746534, -0.065641136],
    support: 85,
    first: [1.2359338, 1, -0.21040601],
    errors: 0,
  },
  {
    options: { kernel: 'polynomial', gamma: 0.5, degree: 3, offset: 1, cost: 1 },
    objectives: [17.58132533, 7.304351758, 12.64782024],
    intercepts: [0.59955679, 0.94715791, 0.69522413],
    support: 59,
    first: [1.4051893, 1, -0.78294998],
    errors: 13,
  },
  {
    options: { kernel: 'linear', cost: 10 },
    objectives: [219.1240362, 89.81072927, 180.8631262],
    intercepts: [1.5314606, 2.0858742, 1.3971162],
    support: 50,
    first: [1.4357425, 1, -2.210599],
    errors: 16,
  },
] as const
/** Weights [classes, features] and intercepts of LIBLINEAR's dual solver: squared hinge, C = 0.5, each class against the rest. */
export const liblinear = {
  weights: [
    -1.0215741, 0.39510287, -0.74588797, 0.47949506, -0.055175504, -0.80616587, -0.22857771, -0.7299664, 0.98050103,
    0.39339631, 0.90332456, 0.23447702,
  ],
  intercepts: [0.44026364, -0.43559277, -1.0860119],
} as const
