// Random calls of the operations of convolutional networks.
import { type Pair, reference, windowCount, windowsOf } from '@scatterlab/tensor'
import fc from 'fast-check'
import { realType, shapes } from './array-cases.ts'
import type { Call, Cases } from './call.ts'
import { input, output, updated } from './operand.ts'

const items = fc.constantFrom(0, 1, 2, 3, 5)
const side = fc.integer({ min: 1, max: 12 })
const pair = (low: number, high: number): fc.Arbitrary<Pair> =>
  fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))

const convolutions = fc
  .record({
    dtype: realType,
    n: items,
    groups: fc.constantFrom(1, 1, 1, 2, 3),
    inEach: fc.integer({ min: 1, max: 5 }),
    outEach: fc.integer({ min: 1, max: 9 }),
    image: fc.tuple(side, side),
    size: pair(1, 4),
    stride: pair(1, 3),
    padding: pair(0, 3),
    dilation: fc.oneof(fc.constant<Pair>([1, 1]), pair(1, 3)),
    // more windows than the usual rule counts: they read zeros
    more: fc.constantFrom(0, 0, 0, 1),
  })
  .map(({ dtype, n, groups, inEach, outEach, image, size, stride, padding, dilation, more }) => {
    const windows = windowsOf(size, { stride, padding, dilation })
    const out = image.map((length, axis) => windowCount(length, windows, axis as 0 | 1) + more)
    return {
      dtype,
      options: { groups, stride, padding, dilation },
      x: [n, groups * inEach, ...image],
      weights: [groups * outEach, inEach, ...size],
      out: [n, groups * outEach, ...out],
    }
  })

const noteOf = ({
  x,
  weights,
  options,
}: {
  x: readonly number[]
  weights: readonly number[]
  options: object
}): string => `${x.join('×')} with ${weights.join('×')}, ${JSON.stringify(options)}`

const conv2d: fc.Arbitrary<Call> = convolutions.chain((c) =>
  fc
    .tuple(
      input(c.x, c.dtype),
      input(c.weights, c.dtype),
      input([c.out[1]], c.dtype),
      output(c.out, c.dtype),
      fc.boolean(),
    )
    .map(([x, weights, bias, out, biased]) => ({
      operands: { x, weights, bias, out },
      written: ['out'],
      run: (b, v) => b.conv2d(v.x, v.weights, v.out, { ...c.options, ...(biased && { bias: v.bias }) }),
      note: noteOf(c),
    })),
)

const conv2dInputGradient: fc.Arbitrary<Call> = convolutions.chain((c) =>
  fc
    .tuple(
      input(c.out, c.dtype),
      input(c.weights, c.dtype),
      input([c.x[1]], c.dtype),
      output(c.x, c.dtype),
      fc.boolean(),
    )
    .map(([gradOut, weights, bias, gradX, biased]) => ({
      operands: { gradOut, weights, bias, gradX },
      written: ['gradX'],
      run: (b, v) =>
        b.conv2dInputGradient(v.gradOut, v.weights, v.gradX, { ...c.options, ...(biased && { bias: v.bias }) }),
      note: noteOf(c),
    })),
)

const conv2dWeightsGradient: fc.Arbitrary<Call> = convolutions.chain((c) =>
  fc.tuple(input(c.x, c.dtype), input(c.out, c.dtype), output(c.weights, c.dtype)).map(([x, gradOut, gradWeights]) => ({
    operands: { x, gradOut, gradWeights },
    written: ['gradWeights'],
    run: (b, v) => b.conv2dWeightsGradient(v.x, v.gradOut, v.gradWeights, c.options),
    note: noteOf(c),
  })),
)

const poolings = fc
  .record({
    dtype: realType,
    n: items,
    channels: fc.integer({ min: 1, max: 9 }),
    image: fc.tuple(side, side),
    size: pair(1, 4),
    stride: pair(1, 4),
    padding: pair(0, 3),
    more: fc.boolean(),
  })
  .map(({ dtype, n, channels, image, size, stride, padding: asked, more }) => {
    const padding: Pair = [Math.min(asked[0], size[0] - 1), Math.min(asked[1], size[1] - 1)]
    const windows = windowsOf(size, { stride, padding })
    // every window must hold a pixel, so that the last may begin on the last one
    const out = image.map((length, axis) => {
      const most = Math.floor((length - 1 + padding[axis]) / stride[axis]) + 1
      return more ? most : Math.min(most, Math.max(1, windowCount(length, windows, axis as 0 | 1)))
    })
    return { dtype, options: { size, stride, padding }, x: [n, channels, ...image], out: [n, channels, ...out] }
  })

const poolNote = ({ x, out, options }: { x: readonly number[]; out: readonly number[]; options: object }): string =>
  `${x.join('×')} to ${out.join('×')}, ${JSON.stringify(options)}`

const maxPool: fc.Arbitrary<Call> = poolings.chain((c) =>
  fc.tuple(input(c.x, c.dtype), output(c.out, c.dtype)).map(([x, out]) => ({
    operands: { x, out },
    written: ['out'],
    run: (b, v) => b.maxPool(v.x, v.out, c.options),
    note: poolNote(c),
  })),
)

const maxPoolGradient: fc.Arbitrary<Call> = poolings.chain((c) =>
  fc
    .tuple(input(c.x, c.dtype, 'coarse'), updated(c.out, c.dtype), input(c.out, c.dtype), output(c.x, c.dtype))
    .map(([x, out, gradOut, gradX]) => ({
      operands: { x, out, gradOut, gradX },
      written: ['gradX'],
      prepare: (v) => reference.maxPool(v.x, v.out, c.options),
      run: (b, v) => b.maxPoolGradient(v.x, v.out, v.gradOut, v.gradX, c.options),
      note: poolNote(c),
    })),
)

const averagePool: fc.Arbitrary<Call> = fc.tuple(poolings, fc.boolean()).chain(([c, countPadding]) =>
  fc.tuple(input(c.x, c.dtype), output(c.out, c.dtype)).map(([x, out]) => ({
    operands: { x, out },
    written: ['out'],
    run: (b, v) => b.averagePool(v.x, v.out, { ...c.options, countPadding }),
    note: poolNote(c),
  })),
)

const averagePoolGradient: fc.Arbitrary<Call> = fc.tuple(poolings, fc.boolean()).chain(([c, countPadding]) =>
  fc.tuple(input(c.out, c.dtype), output(c.x, c.dtype)).map(([gradOut, gradX]) => ({
    operands: { gradOut, gradX },
    written: ['gradX'],
    run: (b, v) => b.averagePoolGradient(v.gradOut, v.gradX, { ...c.options, countPadding }),
    note: poolNote(c),
  })),
)

const slopes = fc.constantFrom(0, 0, 0.2, 0.01, 1)

const relu: fc.Arbitrary<Call> = fc
  .tuple(shapes(), realType, slopes, fc.boolean())
  .chain(([shape, dtype, slope, inPlace]) => {
    const run: Call['run'] = (b, v) => b.relu(v.x, v.out, slope)
    const note = `slope ${slope}`
    if (!inPlace) {
      return fc
        .tuple(input(shape, dtype, 'special'), output(shape, dtype))
        .map(([x, out]): Call => ({ operands: { x, out }, written: ['out'], run, note }))
    }
    return updated(shape, dtype).map((x): Call => ({
      operands: { x, out: x },
      alias: { out: 'x' },
      written: ['x'],
      run,
      note: `${note}, in place`,
    }))
  })

const reluGradient: fc.Arbitrary<Call> = fc
  .tuple(shapes(), realType, slopes, fc.boolean())
  .chain(([shape, dtype, slope, inPlace]) => {
    const run: Call['run'] = (b, v) => b.reluGradient(v.x, v.gradOut, v.gradX, slope)
    if (!inPlace) {
      return fc
        .tuple(input(shape, dtype, 'coarse'), input(shape, dtype), output(shape, dtype))
        .map(([x, gradOut, gradX]): Call => ({ operands: { x, gradOut, gradX }, written: ['gradX'], run }))
    }
    return fc.tuple(input(shape, dtype), updated(shape, dtype)).map(([x, gradOut]): Call => ({
      operands: { x, gradOut, gradX: gradOut },
      alias: { gradX: 'gradOut' },
      written: ['gradOut'],
      run,
      note: 'in place',
    }))
  })

/** [items, channels, …] with at least one number to a channel. */
const channelShapes = shapes(2, 4).filter((shape) => !shape.includes(0))

const channelMoments: fc.Arbitrary<Call> = fc.tuple(channelShapes, realType).chain(([shape, dtype]) =>
  fc.tuple(input(shape, dtype), output([shape[1]], dtype), output([shape[1]], dtype)).map(([x, mean, variance]) => ({
    operands: { x, mean, variance },
    written: ['mean', 'variance'],
    run: (b, v) => b.channelMoments(v.x, v.mean, v.variance),
    note: shape.join('×'),
  })),
)

const normalise: fc.Arbitrary<Call> = fc
  .tuple(channelShapes, realType, fc.boolean(), fc.boolean())
  .chain(([shape, dtype, scaled, inPlace]) => {
    const perChannel = [shape[1]]
    return fc
      .record({
        x: updated(shape, dtype),
        mean: input(perChannel, dtype),
        variance: input(perChannel, dtype, 'positive'),
        scale: input(perChannel, dtype),
        shift: input(perChannel, dtype),
        out: output(shape, dtype),
      })
      .map(({ out, ...rest }): Call => ({
        operands: { ...rest, out: inPlace ? rest.x : out },
        ...(inPlace && { alias: { out: 'x' } }),
        written: [inPlace ? 'x' : 'out'],
        run: (b, v) =>
          b.normalise(v.x, v.mean, v.variance, v.out, {
            ...(scaled && { scale: v.scale, shift: v.shift, epsilon: 1e-3 }),
          }),
        note: `${shape.join('×')}${inPlace ? ', in place' : ''}`,
      }))
  })

const normaliseGradient: fc.Arbitrary<Call> = fc
  .tuple(channelShapes, realType, fc.boolean(), fc.boolean(), fc.nat(3))
  .chain(([shape, dtype, scaled, frozen, wanted]) => {
    const perChannel = [shape[1]]
    return fc
      .record({
        x: input(shape, dtype),
        mean: updated(perChannel, dtype),
        variance: updated(perChannel, dtype),
        scale: input(perChannel, dtype),
        gradOut: input(shape, dtype),
        gradX: output(shape, dtype),
        gradScale: output(perChannel, dtype),
        gradShift: output(perChannel, dtype),
      })
      .map((operands): Call => ({
        operands,
        written: ['gradX', 'gradScale', 'gradShift'],
        prepare: (v) => reference.channelMoments(v.x, v.mean, v.variance),
        run: (b, v) =>
          b.normaliseGradient(v.x, v.mean, v.variance, v.gradOut, {
            frozen,
            // channels of one number have no variance: what is divided by is this
            epsilon: 0.1,
            ...(scaled && { scale: v.scale }),
            ...(wanted !== 1 && { gradX: v.gradX }),
            ...(wanted !== 2 && { gradScale: v.gradScale }),
            ...(wanted !== 3 && { gradShift: v.gradShift }),
          }),
        note: `${shape.join('×')}${frozen ? ', frozen' : ''}`,
      }))
  })

const norms = fc.record({
  size: fc.constantFrom(1, 3, 5, 7),
  alpha: fc.constantFrom(1e-4, 0.05, 0.5),
  beta: fc.constantFrom(0.75, 0.5, 1),
  convention: fc.constantFrom('paper' as const, 'caffe' as const),
})

const responseNorm: fc.Arbitrary<Call> = fc.tuple(shapes(2, 4), realType, norms).chain(([shape, dtype, options]) =>
  fc.tuple(input(shape, dtype), output(shape, dtype)).map(([x, out]) => ({
    operands: { x, out },
    written: ['out'],
    run: (b, v) => b.responseNorm(v.x, v.out, options),
    note: `${shape.join('×')}, ${JSON.stringify(options)}`,
  })),
)

const responseNormGradient: fc.Arbitrary<Call> = fc
  .tuple(shapes(2, 4), realType, norms)
  .chain(([shape, dtype, options]) =>
    fc.tuple(input(shape, dtype), input(shape, dtype), output(shape, dtype)).map(([x, gradOut, gradX]) => ({
      operands: { x, gradOut, gradX },
      written: ['gradX'],
      run: (b, v) => b.responseNormGradient(v.x, v.gradOut, v.gradX, options),
      note: `${shape.join('×')}, ${JSON.stringify(options)}`,
    })),
  )

const softmaxCrossEntropy: fc.Arbitrary<Call> = fc
  .tuple(items, fc.constantFrom(1, 2, 3, 10, 17), realType, fc.boolean())
  .chain(([n, classes, dtype, gradient]) =>
    fc
      .tuple(
        input([n, classes], dtype),
        output([n], dtype),
        output([n, classes], dtype),
        fc.array(fc.nat(classes - 1), { minLength: n, maxLength: n }),
      )
      .map(([logits, losses, gradLogits, labels]) => ({
        operands: { logits, losses, gradLogits },
        written: ['losses', 'gradLogits'],
        run: (b, v) =>
          b.softmaxCrossEntropy(v.logits, Int32Array.from(labels), v.losses, gradient ? v.gradLogits : undefined),
      })),
  )

const sgdUpdate: fc.Arbitrary<Call> = fc
  .tuple(
    shapes(),
    realType,
    fc.record({
      rate: fc.constantFrom(0.01, 1),
      momentum: fc.constantFrom(0, 0.9),
      decay: fc.constantFrom(0, 0.0005),
      nesterov: fc.boolean(),
    }),
  )
  .chain(([shape, dtype, options]) =>
    fc.tuple(updated(shape, dtype), updated(shape, dtype), input(shape, dtype)).map(([w, velocity, gradient]) => ({
      operands: { w, velocity, gradient },
      written: ['w', 'velocity'],
      run: (b, v) => b.sgdUpdate(v.w, v.velocity, v.gradient, options),
      note: JSON.stringify(options),
    })),
  )

const adamUpdate: fc.Arbitrary<Call> = fc
  .tuple(
    shapes(),
    realType,
    fc.record({
      rate: fc.constantFrom(0.001, 0.1),
      decay: fc.constantFrom(0, 0.01),
      decoupled: fc.boolean(),
      step: fc.constantFrom(1, 2, 1000),
    }),
  )
  .chain(([shape, dtype, options]) =>
    fc
      .tuple(updated(shape, dtype), updated(shape, dtype), updated(shape, dtype, 'positive'), input(shape, dtype))
      .map(([w, mean, square, gradient]) => ({
        operands: { w, mean, square, gradient },
        written: ['w', 'mean', 'square'],
        run: (b, v) => b.adamUpdate(v.w, v.mean, v.square, v.gradient, options),
        note: JSON.stringify(options),
      })),
  )

/** Random calls, by operation. */
export const networkCases: Cases<
  | 'conv2d'
  | 'conv2dInputGradient'
  | 'conv2dWeightsGradient'
  | 'maxPool'
  | 'maxPoolGradient'
  | 'averagePool'
  | 'averagePoolGradient'
  | 'relu'
  | 'reluGradient'
  | 'channelMoments'
  | 'normalise'
  | 'normaliseGradient'
  | 'responseNorm'
  | 'responseNormGradient'
  | 'softmaxCrossEntropy'
  | 'sgdUpdate'
  | 'adamUpdate'
> = {
  conv2d,
  conv2dInputGradient,
  conv2dWeightsGradient,
  maxPool,
  maxPoolGradient,
  averagePool,
  averagePoolGradient,
  relu,
  reluGradient,
  channelMoments,
  normalise,
  normaliseGradient,
  responseNorm,
  responseNormGradient,
  softmaxCrossEntropy,
  sgdUpdate,
  adamUpdate,
}
