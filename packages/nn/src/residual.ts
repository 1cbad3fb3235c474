// Blocks whose body learns a difference, and the shortcuts around it.
import { type Tensor, ShapeError, ValueError, add, concat, formatShape, zeros } from '@scatterlab/tensor'
import { type Layer, type Plan, checkRank, planWithin } from './layer.ts'

/** A body and what is added to it. */
export interface ResidualOptions {
  readonly body: Layer
  /** What the input goes through on its way around (default: nothing). Its arrays are named `downsample.…`, as torchvision's. */
  readonly shortcut?: Layer
  /** What follows the sum, such as `relu()`. */
  readonly after?: Layer
}

/** after(body(x) + shortcut(x)). The body's arrays keep their own names. He et al. (2016), equations 1 and 2. */
export function residual({ body, shortcut, after }: ResidualOptions): Layer {
  return {
    kind: 'residual',
    plan(input) {
      const inner = planWithin('', body, input)
      const around = shortcut ? planWithin('downsample', shortcut, input) : { output: input }
      if (inner.output.join() !== around.output.join()) {
        const shapes = `body gives ${formatShape(inner.output)}, the way around ${formatShape(around.output)}`
        throw new ShapeError(`${shapes}: give a shortcut that changes the shape as the body does`)
      }
      const plans: Plan[] = [inner, around, ...(after ? [planWithin('after', after, inner.output)] : [])]
      return {
        output: plans.at(-1)!.output,
        parameters: Object.assign({}, ...plans.map((plan) => plan.parameters)),
        state: Object.assign({}, ...plans.map((plan) => plan.state)),
        layers: plans.flatMap((plan) => plan.layers ?? []),
      }
    },
    forward(x, context) {
      const around = shortcut ? shortcut.forward(x, context.within('downsample')) : x
      const sum = add(body.forward(x, context), around)
      return after ? after.forward(sum, context.within('after')) : sum
    },
  }
}

/**
 * The shortcut without parameters: every `stride`-th pixel, and channels of zeros behind the input's. He et al. (2016), option A.
 */
export function subsampleAndPad({ channels, stride }: { readonly channels: number; readonly stride: number }): Layer {
  if (!Number.isInteger(stride) || stride < 1) throw new ValueError(`stride ${stride}: give a positive integer`)
  return {
    kind: 'subsampleAndPad',
    plan(input) {
      checkRank(input, 3, '[channels, height, width]')
      const [inChannels, height, width] = input
      if (!(Number.isInteger(channels) && channels >= inChannels))
        throw new ShapeError(`channels ${channels}: give at least the ${inChannels} of the input`)
      return { output: [channels, Math.ceil(height / stride), Math.ceil(width / stride)] }
    },
    forward(x) {
      const every = [0, undefined, stride] as const
      const fewer = x.slice(null, null, [...every], [...every])
      const missing = channels - x.shape[1]
      return missing === 0 ? fewer : concat([fewer, zerosLike(fewer, missing)], 1)
    },
  }
}

function zerosLike({ shape, dtype, backend }: Tensor, channels: number): Tensor {
  return zeros([shape[0], channels, ...shape.slice(2)], { dtype, backend })
}
