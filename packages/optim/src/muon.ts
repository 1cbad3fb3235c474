// Muon: momentum whose direction is made orthogonal, for the matrices of a network. The iterations are matrix products on the
// back end that holds the weights; biases and other vectors are for another rule, see mixed.ts.
import {
  type Expression,
  type Pointwise,
  type Rules,
  DTypeError,
  ShapeError,
  belowOne,
  checkArgument,
  Tensor,
  checkOptions,
  div,
  formatShape,
  isComplex,
  matmul,
  maximum,
  norm,
  notNegative,
  oneOf,
  pointwise,
  scope,
  trueOrFalse,
  unwritten,
  wholeNumber,
} from '@scatterlab/tensor'
import { type MomentumGroup, checkGroups, someGroups } from './groups.ts'
import { type Optimizer, optimizer } from './optimizer.ts'

/** Settings of `muon`. */
export interface MuonRecipe {
  /** ε: the spectral norm of a step, about. */
  readonly rate: number
  /** μ (default 0.95), below 1. */
  readonly momentum?: number
  /** Take the direction where the momentum leads (default true). */
  readonly nesterov?: boolean
  /** Newton–Schulz iterations (default 5). */
  readonly iterations?: number
  /** Weight decay, decoupled: w ← (1 − ε·decay)·w before the step (default 0). */
  readonly decay?: number
  /** Whether a weight is brought to the norm √rows before each step (default false). */
  readonly normalise?: boolean
  /** Factor on the step: √max(1, rows / columns) by `shape` (default), or `none`. */
  readonly scale?: 'shape' | 'none'
  /** Parameters with a rate, decay or momentum of their own. */
  readonly groups?: readonly MomentumGroup[]
}

const rules: Rules<MuonRecipe> = {
  rate: notNegative,
  momentum: belowOne,
  nesterov: trueOrFalse,
  iterations: wholeNumber(1, 100),
  decay: notNegative,
  normalise: trueOrFalse,
  scale: oneOf('shape', 'none'),
  groups: someGroups,
}

/**
 * Muon: v ← μ·v + g; D = v, or with `nesterov` g + μ·v; w ← (1 − ε·decay)·w − ε·scale·orthogonalise(D), each weight seen as a matrix of
 * its first axis by all others. Remembers `momentum/…`. Throws `ValueError` for a number out of its range; `init` throws
 * `ShapeError` for a parameter with fewer than two axes, `DTypeError` for a complex one. Jordan et al. (2024), "Muon: an optimizer for
 * hidden layers in neural networks".
 *
 * @example const filters = muon({ rate: 0.02 })
 */
export function muon(recipe: MuonRecipe): Optimizer {
  const checked = checkOptions('muon', recipe, rules, ['rate'])
  const { rate, momentum = 0.95, nesterov = true, iterations = 5, decay = 0, groups = [] } = checked
  const { normalise = false, scale = 'shape' } = checked
  checkGroups(groups, { momentum: belowOne })
  const towards = nesterov ? ahead : plain
  return optimizer({
    rate,
    settings: { rule: 'muon', momentum, nesterov, iterations, decay, normalise, scale },
    groups,
    slots: ['momentum'],
    accepts(name, { shape, dtype }) {
      const fix = 'train it by another rule, as in mixed([{ match: /weight$/, optimizer: muon(…) }, …])'
      if (isComplex(dtype)) throw new DTypeError(`muon: \`${name}\` is ${dtype}, it takes real matrices: ${fix}`)
      if (shape.length < 2) {
        throw new ShapeError(`muon: \`${name}\` of shape ${formatShape(shape)} is no matrix: ${fix}`)
      }
    },
    apply: ({ weight, gradient, slots: [velocity], rate: length, group }) =>
      scope(() => {
        const { shape } = weight
        const rows = shape[0]
        const columns = weight.size / rows
        const direction = unwritten(shape, weight)
        towards.into([velocity, direction], velocity, gradient, group?.momentum ?? momentum)
        const step = orthogonalise(direction.reshape(rows, columns), { iterations }).reshape(...shape)
        const stretch = scale === 'shape' ? Math.sqrt(Math.max(1, rows / columns)) : 1
        const kept = 1 - length * (group?.decay ?? decay)
        const size = normalise ? div(kept * Math.sqrt(rows), maximum(norm(weight), TINY)) : kept
        moved.into(weight, weight, size, step, length * stretch)
      }),
  })
}

const speed = (velocity: Expression, gradient: Expression, momentum: Expression): Expression =>
  velocity.times(momentum).plus(gradient)
type Both = readonly Tensor[]

const plain: Pointwise<readonly [unknown, unknown, unknown], Both> = pointwise(
  'muon momentum',
  (velocity, gradient, momentum) => {
    const v = speed(velocity, gradient, momentum)
    return [v, v]
  },
)

const ahead: Pointwise<readonly [unknown, unknown, unknown], Both> = pointwise(
  'muon momentum with nesterov',
  (velocity, gradient, momentum) => {
    const v = speed(velocity, gradient, momentum)
    return [v, gradient.plus(v.times(momentum))]
  },
)

const moved: Pointwise<readonly [unknown, unknown, unknown, unknown], Tensor> = pointwise(
  'muon step',
  (weight, kept, direction, length) => weight.times(kept).minus(direction.times(length)),
)

/** Keeps a division by a norm finite. */
const TINY = 1e-30

/** How `orthogonalise` iterates. */
export interface OrthogonaliseOptions {
  /** Newton–Schulz iterations (default 5). */
  readonly iterations?: number
}

/** The quintic's coefficients a, b, c: the steepest at 0 that leaves singular values between 0.7 and 1.2. */
const [A, B, C] = [3.4445, -4.775, 2.0315]

/**
 * A matrix [rows, columns] with its singular values brought near to 1, their vectors kept: from X = G / ‖G‖, X ← a·X + (b·X Xᵀ + c·(X Xᵀ)²)·X
 * with a, b, c = 3.4445, −4.7750, 2.0315. Five iterations bring what lies above 1 % of ‖G‖ to between 0.7 and 1.2. It works on the
 * smaller side. Throws `ShapeError` for what is no matrix, `DTypeError` for a complex one. Jordan et al. (2024).
 */
export function orthogonalise(matrix: Tensor, options?: OrthogonaliseOptions): Tensor {
  checkArgument('orthogonalise: matrix', matrix, (x) => (x instanceof Tensor ? undefined : 'a Tensor [rows, columns]'))
  const { iterations = 5 } = checkOptions('orthogonalise', options, { iterations: wholeNumber(1, 100) })
  const { shape, dtype } = matrix
  if (shape.length !== 2) throw new ShapeError(`orthogonalise takes a matrix, given ${formatShape(shape)}`)
  if (isComplex(dtype)) throw new DTypeError(`orthogonalise takes real numbers, given ${dtype}`)
  const [rows, columns] = shape
  return scope(() => {
    let X = div(rows > columns ? matrix.transpose() : matrix, maximum(norm(matrix), TINY))
    for (let i = 0; i < iterations; i++) {
      const gram = matmul(X, X.transpose())
      X = sumOf(A, X, 1, matmul(sumOf(B, gram, C, matmul(gram, gram)), X))
    }
    return rows > columns ? X.transpose() : X
  })
}

const sumOf: Pointwise<readonly [unknown, unknown, unknown, unknown], Tensor> = pointwise(
  'newton schulz',
  (a, x, b, y) => a.times(x).plus(b.times(y)),
)
