// The matrix product.
import { matmul as matrixProduct } from '../operations/matmul.ts'
import { backendOf } from '../backend/backend-of.ts'
import { promote } from './dtype.ts'
import { ShapeError } from '../errors.ts'
import { checkReal } from './checks.ts'
import { broadcastShapes, formatShape } from './shape.ts'
import { differentiable } from '../gradient/tape.ts'
import { type Tensor, empty } from './tensor.ts'

/**
 * a·b for real arrays of shapes [..., m, k] and [..., k, n]; leading axes broadcast. Transposed views cost nothing
 * extra. Throws `ShapeError` naming both shapes.
 *
 * @example matmul(a, b.transpose(0, 2, 1)) // a·bᵀ in a batch
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkReal('matmul', a)
  checkReal('matmul', b)
  if (a.rank < 2 || b.rank < 2 || a.shape[a.rank - 1] !== b.shape[b.rank - 2]) {
    throw new ShapeError(`cannot multiply ${formatShape(a.shape)} by ${formatShape(b.shape)}: inner lengths must agree`)
  }
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const [m, k] = a.shape.slice(-2)
  const n = b.shape[b.rank - 1]
  const out = empty([...batch, m, n], { dtype: promote(a.dtype, b.dtype), backend: backendOf(a, b) })
  matrixProduct(out.backend, a.broadcastTo([...batch, m, k]), b.broadcastTo([...batch, k, n]), out)
  return differentiable(out, [a, (g) => matmul(g, matrixTranspose(b))], [b, (g) => matmul(matrixTranspose(a), g)])
}

function matrixTranspose(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis)
  return x.transpose(...axes.slice(0, -2), x.rank - 1, x.rank - 2)
}
