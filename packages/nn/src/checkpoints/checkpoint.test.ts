import { random } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import {
  type Weights,
  CheckpointError,
  batchNorm,
  conv2d,
  decodeSafetensors,
  encodeSafetensors,
  flatten,
  linear,
  loadWeights,
  network,
  relu,
  saveWeights,
  sequential,
} from '../index.ts'

const net = (channels = 3) =>
  network(
    sequential({
      conv1: conv2d({ channels, size: 3, groups: 1 }),
      bn1: batchNorm(),
      relu: relu(),
      flatten: flatten(),
      fc: linear({ units: 4 }),
    }),
    [2, 5, 5],
  )

const numbers = ({ parameters, state }: Weights) =>
  Object.fromEntries(Object.entries({ ...parameters, ...state }).map(([name, x]) => [name, x.toTypedArray()]))

function failure(load: () => unknown): CheckpointError {
  try {
    load()
  } catch (error) {
    expect(error).toBeInstanceOf(CheckpointError)
    return error as CheckpointError
  }
  throw new Error('it loaded')
}

describe('saveWeights and loadWeights', () => {
  it.each(['float32', 'float64'] as const)('give the same %s numbers back', async (dtype) => {
    const weights = net().initialise(random(1), { dtype })
    const loaded = loadWeights(net(), await saveWeights(weights, { epoch: '3' }))
    expect(numbers(loaded)).toEqual(numbers(weights))
    expect(Object.keys(loaded.state)).toEqual(['bn1.running_mean', 'bn1.running_var'])
    expect(loaded.parameters['fc.weight'].dtype).toBe(dtype)
  })

  it('use the names and layouts of PyTorch', async () => {
    const { tensors, metadata } = decodeSafetensors(await saveWeights(net().initialise(random(1)), { epoch: '3' }))
    expect(metadata).toEqual({ format: 'pt', epoch: '3', 'scatterlab.crc32': expect.stringMatching(/^[0-9a-f]{8}$/) })
    const shapes = Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, dtype }]) => [name, [dtype, ...shape]]),
    )
    expect(shapes).toEqual({
      'conv1.weight': ['F32', 3, 2, 3, 3],
      'conv1.bias': ['F32', 3],
      'bn1.weight': ['F32', 3],
      'bn1.bias': ['F32', 3],
      'bn1.running_mean': ['F32', 3],
      'bn1.running_var': ['F32', 3],
      'fc.weight': ['F32', 4, 27],
      'fc.bias': ['F32', 4],
    })
  })

  it('take the files of others: counters are passed over, other types converted', async () => {
    const weights = net().initialise(random(1), { dtype: 'float64' })
    const counter = { data: new BigInt64Array([7n]), shape: [] }
    const arrays = { ...weights.parameters, ...weights.state, 'bn1.num_batches_tracked': counter }
    const loaded = loadWeights(net(), await encodeSafetensors(arrays), { dtype: 'float32' })
    expect(loaded.parameters['fc.weight'].toTypedArray()).toEqual(
      Float32Array.from(weights.parameters['fc.weight'].toTypedArray()),
    )
    const whole = { ...arrays, 'fc.bias': { data: new Int32Array(4), shape: [4] } }
    const bytes = await encodeSafetensors(whole)
    expect(failure(() => loadWeights(net(), bytes))).toMatchObject({ code: 'DTYPE' })
  })

  it('say how another network differs', async () => {
    const bytes = await saveWeights(net(5).initialise(random(1)))
    const shapes = failure(() => loadWeights(net(), bytes))
    expect(shapes.code).toBe('ARCHITECTURE')
    expect(shapes.message).toBe(
      'the checkpoint is of another network: it has in another shape conv1.weight 5×2×3×3 for 3×2×3×3, conv1.bias 5 for 3, ' +
        'bn1.weight 5 for 3 and 4 more. The network has 8 arrays of 181 numbers, the checkpoint 8 arrays of 299 numbers',
    )
    const others = await encodeSafetensors({
      'conv1.weight': { data: new Float32Array(54), shape: [3, 2, 3, 3] },
      'head.weight': { data: new Float32Array(2), shape: [2] },
    })
    const { message } = failure(() => loadWeights(net(), others))
    expect(message).toContain(
      'it lacks conv1.bias 3, bn1.weight 3, bn1.bias 3 and 4 more; it has besides head.weight 2.',
    )
  })

  it('pass over what a network does not have where that is asked', async () => {
    const weights = net().initialise(random(1))
    const more = { ...weights.parameters, ...weights.state, extra: { data: new Float32Array(1), shape: [1] } }
    const bytes = await encodeSafetensors(more)
    expect(failure(() => loadWeights(net(), bytes)).message).toContain('strict: false')
    expect(numbers(loadWeights(net(), bytes, { strict: false }))).toEqual(numbers(weights))
  })
})

describe('a checksum', () => {
  it('finds every bit that is flipped, or nothing is changed by it', async () => {
    const tiny = network(sequential({ bn: batchNorm(), fc: linear({ units: 2 }) }), [3])
    const weights = tiny.initialise(random(1))
    const bytes = await saveWeights(weights, { epoch: '3' })
    const whole = numbers(weights)
    let unnoticed = 0
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = bytes.slice()
      damaged[bit >> 3] ^= 1 << (bit & 7)
      try {
        expect(numbers(loadWeights(tiny, damaged))).toEqual(whole)
        unnoticed++
      } catch (error) {
        expect(error).toBeInstanceOf(CheckpointError)
        expect((error as Error).message.length).toBeLessThan(600)
      }
    }
    // the name of the checksum itself
    expect(unnoticed).toBeLessThan(8 * 'scatterlab.crc32'.length)
    expect(unnoticed).toBeGreaterThan(0)
  })

  it('is of what a file holds, not of how it lies there', async () => {
    const bytes = await encodeSafetensors(
      { a: { data: Float32Array.of(1), shape: [1] }, b: { data: Float32Array.of(2), shape: [] } },
      { note: 'x', also: 'y' },
      { checksum: true },
    )
    const { metadata } = decodeSafetensors(bytes)
    const header = {
      b: { shape: [], dtype: 'F32', data_offsets: [0, 4] },
      __metadata__: Object.fromEntries(Object.entries(metadata).toReversed()),
      a: { shape: [1], dtype: 'F32', data_offsets: [4, 8] },
    }
    const file = (b: number): Uint8Array => {
      const text = new TextEncoder().encode(JSON.stringify(header))
      return Uint8Array.of(
        text.length & 255,
        text.length >> 8,
        0,
        0,
        0,
        0,
        0,
        0,
        ...text,
        ...new Uint8Array(Float32Array.of(b, 1).buffer),
      )
    }
    expect(decodeSafetensors(file(2)).tensors.b.data).toEqual(Float32Array.of(2))
    expect(failure(() => decodeSafetensors(file(3))).code).toBe('CORRUPT')
  })

  it('that is wrong names the file, and says what to do', async () => {
    const whole = await saveWeights(net().initialise(random(1)))
    const bytes = whole.slice()
    bytes[bytes.length - 5] ^= 1
    const { code, message } = failure(() => loadWeights(net(), bytes, { file: 'out/net.safetensors' }))
    expect(code).toBe('CORRUPT')
    expect(message).toMatch(
      /^out\/net.safetensors: damaged, or changed since it was written: its checksum is \w{8}, not \w{8}: get the file again$/,
    )
    const cut = failure(() => loadWeights(net(), bytes.subarray(0, 100), { file: 'net' }))
    expect(cut.message).toMatch(/^net: .* the file ends after 92: get the file again$/)
    expect(failure(() => loadWeights(net(5), whole, { file: 'net' })).message).toMatch(
      /^net: the checkpoint is of another network/,
    )
  })
})
