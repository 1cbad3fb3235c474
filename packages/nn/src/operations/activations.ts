// The rectifier of any slope, with its gradient. The other non-linearities are operations of tensor.
import * as operations from '@scatterlab/tensor/operations'
import { type Tensor, differentiable } from '@scatterlab/tensor'
import { checkArgument, checkTensor, finite } from '../arguments.ts'
import { filled } from './filled.ts'

/** x where x > 0, else slope·x (default 0). Its derivative at 0 is the slope. */
export function relu(x: Tensor, slope = 0): Tensor {
  checkTensor('relu: x', x)
  checkArgument('relu: slope', slope, finite)
  const out = filled(x, (y) => operations.relu(x.backend, x, y, slope))
  // a mean's gradient is one number for many places, for which back ends have no pass
  const back = (g: Tensor): Tensor =>
    filled(x, (gradX) => operations.reluGradient(x.backend, x, g.contiguous(), gradX, slope))
  return differentiable(out, [x, back])
}
