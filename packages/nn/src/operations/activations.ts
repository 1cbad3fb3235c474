// The rectifier of any slope. The other non-linearities are operations of tensor.
import { type Tensor, checkArgument, finite, pointwise, relu as rectified } from '@scatterlab/tensor'
import { checkTensor } from '../arguments.ts'

const leaky: (x: Tensor, slope: number) => Tensor = pointwise('leaky relu', (x, slope) =>
  x.gt(0).select(x, x.times(slope)),
)

/** x where x > 0, else slope·x (default 0). Its derivative at 0 is the slope. */
export function relu(x: Tensor, slope = 0): Tensor {
  checkTensor('relu: x', x)
  checkArgument('relu: slope', slope, finite)
  return slope === 0 ? rectified(x) : leaky(x, slope)
}
