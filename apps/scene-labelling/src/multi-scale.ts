// The same filters at every scale: a trunk that sees each band of the pyramid, and whose features are brought to one size.
import { type Layer, type LayerContext, combined, imageShape, planWithin } from '@scatterlab/nn'
import { type Shape, type Tensor, ShapeError, ValueError, concat, scope } from '@scatterlab/tensor'
import { enlarged } from './enlarged.ts'
import { bands, levels, locallyNormalised, yuv } from './pyramid.ts'

/** A trunk and the scales that it sees. */
export interface MultiScaleOptions {
  /** How many: sides 1, 1/2, 1/4 … of the picture. */
  readonly scales: number
  /** From [6, h, w] to [features, h / stride, w / stride]. */
  readonly trunk: Layer
  /** Pixels of a scale for one of its features. */
  readonly stride: number
}

/** What the trunk sees of a scale: the normalised band, and the level as it is. */
const SEEN = 6

/**
 * Pictures [3, h, w], RGB from 0 to 1 → features [scales·F, h / stride, w / stride]. The trunk's parameters are one set, `trunk.…`, for all scales (so
 * that their gradient is the sum over scales); its running moments are kept for each scale, `moments0.…`, as bands of different scales have other
 * moments. Farabet et al. (2013), section 3. Throws ValueError, ShapeError for sides that stride·2^(scales − 1) does not divide.
 */
export function multiScale({ scales, trunk, stride }: MultiScaleOptions): Layer {
  if (!(Number.isInteger(scales) && scales >= 1 && scales <= 6))
    throw new ValueError(`scales is ${scales}: give a whole number from 1 to 6`)
  return {
    kind: 'multiScale',
    plan(input) {
      const [channels, height, width] = imageShape(input)
      const step = stride * 2 ** (scales - 1)
      if (channels !== 3) throw new ShapeError(`takes pictures of 3 channels, given ${channels}`)
      if (height % step || width % step)
        throw new ShapeError(`takes sides that ${step} divides, given ${width}×${height}: crop or frame the pictures`)
      const plans = Array.from({ length: scales }, (_, k) => {
        const seen = [SEEN, height / 2 ** k, width / 2 ** k]
        const { state } = planWithin(`moments${k}`, trunk, seen)
        const { output, parameters, layers } = planWithin('trunk', trunk, seen)
        // the filters are counted once, what they compute at every scale
        const counted = layers.map((layer) => (k === 0 ? layer : { ...layer, parameters: 0 }))
        return { output, parameters: k === 0 ? parameters : {}, state, layers: counted }
      })
      const [features, rows, columns] = plans[0].output as [number, number, number]
      if (rows !== height / stride || columns !== width / stride)
        throw new ShapeError(`the trunk gives ${columns}×${rows} for ${width}×${height}, not a ${stride}th of it`)
      return { output: [scales * features, rows, columns], ...combined(plans) }
    },
    forward(x, context) {
      const features = (seen: Tensor, k: number): Tensor =>
        trunk.forward(seen, atScale(context.within('trunk'), context.within(`moments${k}`)))
      return scope(() => {
        const all = seenAt(x, scales).map(features)
        const size = all[0].shape.slice(2) as [number, number]
        return concat(
          all.map((map, k) => (k === 0 ? map : enlarged(map, size))),
          1,
        )
      })
    },
  }
}

/** What the trunk sees of each scale: [items, 6, h, w] and smaller. */
export function seenAt(x: Tensor, scales: number): Tensor[] {
  return scope(() => {
    const colours = yuv(x)
    const all = levels(colours, scales)
    return bands(colours, scales).map((band, k) => concat([locallyNormalised(band), all[k]], 1))
  })
}

/** The context of the trunk: parameters of its own name, moments of the scale's. */
function atScale(shared: LayerContext, own: LayerContext): LayerContext {
  return {
    training: shared.training,
    random: () => shared.random(),
    parameter: (name) => shared.parameter(name),
    state: (name) => own.state(name),
    within: (name) => atScale(shared.within(name), own.within(name)),
    ...(shared.observe && { observe: (output: Tensor) => shared.observe!(output) }),
  }
}

/** Sides of pictures that a network of these scales takes: the multiples of its step next to `shape`, below it or above. */
export const sidesFor = (shape: Shape, step: number, round: 'down' | 'up'): [height: number, width: number] => {
  const [height, width] = shape.slice(-2).map((side) => step * Math[round === 'down' ? 'floor' : 'ceil'](side / step))
  return [height, width]
}
