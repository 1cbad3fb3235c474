import { type Tensor, DTypeError, ShapeError, ValueError, random, reference, tensor, zeros } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import {
  type Weights,
  batchNorm,
  conv2d,
  crossEntropy,
  dropout,
  flatten,
  linear,
  maxPool,
  network,
  relu,
  residual,
  sequential,
} from './index.ts'

/** Its counts by hand: 1·9·4 + 4, twice 4 for the norm and 4 for its state, 4·4·9 without bias, 5·36 + 5. */
const small = network(
  sequential({
    conv1: conv2d({ channels: 4, size: 3 }),
    bn1: batchNorm(),
    block: residual({ body: sequential([conv2d({ channels: 4, size: 3, padding: 1, bias: false })]), after: relu() }),
    pool: maxPool({ size: 2 }),
    flatten: flatten(),
    drop: dropout(),
    fc: linear({ units: 5 }),
  }),
  [1, 8, 8],
)
const weights = small.initialise(random(1))
const x = zeros([2, 1, 8, 8])

describe('the plan of a network', () => {
  it('has every layer that computes, in order', () => {
    expect(
      small.layers.map(({ name, kind, output, parameters }) => [name, kind, output.join('×'), parameters]),
    ).toEqual([
      ['conv1', 'conv2d', '4×6×6', 40],
      ['bn1', 'batchNorm', '4×6×6', 8],
      ['block.0', 'conv2d', '4×6×6', 144],
      ['block.after', 'relu', '4×6×6', 0],
      ['pool', 'maxPool', '4×3×3', 0],
      ['flatten', 'flatten', '36', 0],
      ['drop', 'dropout', '36', 0],
      ['fc', 'linear', '5', 185],
    ])
  })

  it('names and counts its arrays', () => {
    const shapes = Object.fromEntries(Object.entries(small.parameters).map(([name, { shape }]) => [name, shape]))
    expect(shapes).toEqual({
      'conv1.weight': [4, 1, 3, 3],
      'conv1.bias': [4],
      'bn1.weight': [4],
      'bn1.bias': [4],
      'block.0.weight': [4, 4, 3, 3],
      'fc.weight': [5, 36],
      'fc.bias': [5],
    })
    expect(Object.keys(small.state)).toEqual(['bn1.running_mean', 'bn1.running_var'])
    expect(small.parameterCount).toBe(377)
    expect(small.output).toEqual([5])
  })

  it('counts multiplications', () => {
    expect(small.multiplications).toBe(36 * 9 * 4 + 36 * 9 * 4 * 4 + 36 * 5)
  })

  it('takes shapes only', () => {
    expect(() => network(relu(), [3, -1])).toThrow(ShapeError)
    expect(() => network(relu(), [1.5])).toThrow(ShapeError)
  })

  it('of one layer has its arrays without a dot', () => {
    const single = network(linear({ units: 2 }), [3])
    expect(Object.keys(single.parameters)).toEqual(['weight', 'bias'])
    expect(single.layers).toEqual([{ name: '', kind: 'linear', output: [2], parameters: 8, multiplications: 6 }])
  })
})

describe('first numbers', () => {
  it('follow from the seed', () => {
    const again = small.initialise(random(1))
    for (const [name, array] of Object.entries(weights.parameters)) {
      expect(again.parameters[name].toTypedArray()).toEqual(array.toTypedArray())
      expect(array.dtype).toBe('float32')
    }
    const other = small.initialise(random(2)).parameters['fc.weight']
    expect(other.toTypedArray()).not.toEqual(weights.parameters['fc.weight'].toTypedArray())
  })

  it('take the element type and the back end that are asked for', () => {
    const backend = { ...reference, name: 'elsewhere' }
    const { parameters, state } = small.initialise(random(1), { dtype: 'float64', backend })
    for (const array of [...Object.values(parameters), ...Object.values(state)]) {
      expect([array.dtype, array.backend]).toEqual(['float64', backend])
    }
  })

  it('of running moments are those of standard numbers', () => {
    expect(weights.state['bn1.running_mean'].toNested()).toEqual([0, 0, 0, 0])
    expect(weights.state['bn1.running_var'].toNested()).toEqual([1, 1, 1, 1])
  })
})

describe('forward', () => {
  const change = (kind: 'parameters' | 'state', name: string, array?: Tensor): Weights => {
    const { [name]: _, ...rest } = weights[kind]
    return { ...weights, [kind]: array ? { ...rest, [name]: array } : rest }
  }

  it.each([[[2, 1, 8, 7]], [[1, 8, 8]], [[2, 64]], [[2, 8, 8, 1]]])('refuses images of shape %j', (shape) => {
    expect(() => small.forward(weights, zeros(shape))).toThrow(ShapeError)
    expect(() => small.forward(weights, zeros(shape))).toThrow('the network takes [items, 1, 8, 8], given')
  })

  it('refuses weights that lack an array', () => {
    expect(() => small.forward(change('parameters', 'fc.bias'), x)).toThrow(ValueError)
    expect(() => small.forward(change('parameters', 'fc.bias'), x)).toThrow("the weights lack 'fc.bias'")
    expect(() => small.forward(change('state', 'bn1.running_var'), x)).toThrow("lack 'bn1.running_var'")
  })

  it('refuses weights of another network', () => {
    const wrong = change('parameters', 'fc.weight', zeros([5, 37]))
    expect(() => small.forward(wrong, x)).toThrow(ShapeError)
    expect(() => small.forward(wrong, x)).toThrow("'fc.weight' has shape 5×37 where the network's is 5×36")
  })

  it('refuses weights of another type, or from another back end', () => {
    expect(() => small.forward(weights, x.clone('float64'))).toThrow(DTypeError)
    const says = "the input is float64 on reference, 'conv1.weight' float32 on reference"
    expect(() => small.forward(weights, x.clone('float64'))).toThrow(says)
    const there = zeros([2, 1, 8, 8], { backend: { ...reference, name: 'elsewhere' } })
    expect(() => small.forward(weights, there)).toThrow('the input is float32 on elsewhere')
  })

  it('asks for random numbers where dropout draws them', () => {
    expect(() => small.forward(weights, x, { training: true })).toThrow(ValueError)
    expect(() => small.forward(weights, x, { training: true })).toThrow("layer 'drop' draws random numbers")
    expect(small.forward(weights, x).shape).toEqual([2, 5])
  })

  it('tells an observer of every result by name', () => {
    const seen: [string, string][] = []
    small.forward(weights, x, { observe: (name, y) => void seen.push([name, y.shape.join('×')]) })
    expect(seen).toEqual([
      ['conv1', '2×4×6×6'],
      ['bn1', '2×4×6×6'],
      ['block.0', '2×4×6×6'],
      ['block.after', '2×4×6×6'],
      ['block', '2×4×6×6'],
      ['pool', '2×4×3×3'],
      ['flatten', '2×36'],
      ['drop', '2×36'],
      ['fc', '2×5'],
      ['', '2×5'],
    ])
  })

  it('takes no items at all, and a loss of them is refused', () => {
    const none = small.forward(weights, zeros([0, 1, 8, 8]))
    expect(none.shape).toEqual([0, 5])
    expect(() => crossEntropy(none, [])).toThrow(ShapeError)
  })

  it('leaves its input and its weights as they are in inference', () => {
    const images = tensor(random(3).fillNormal(new Float32Array(128)), [2, 1, 8, 8])
    const before = images.toTypedArray().slice()
    const state = weights.state['bn1.running_mean'].toTypedArray().slice()
    small.forward(weights, images)
    expect(images.toTypedArray()).toEqual(before)
    expect(weights.state['bn1.running_mean'].toTypedArray()).toEqual(state)
  })
})
