import { reference, random, tensor } from '@scatterlab/tensor'
import { scattering2d } from '@scatterlab/scattering'
import { describe, expect, it } from 'vitest'
import { convNet, costOf, headOf } from './networks.ts'
import { scatteringMultiplications } from './scattering-cost.ts'

describe('the networks', () => {
  it('have the counts of their filters', () => {
    const biases = 6 + 36 + 216
    const head = { parameters: 2 * 216 + 216 * 16 * 10 + 10, multiplications: 216 * 16 * 10 }
    expect(costOf(convNet('all channels'))).toEqual({
      phi: {
        parameters: 25 * (6 + 6 * 36 + 36 * 216) + biases,
        multiplications: 25 * (6 * 32 ** 2 + 6 * 36 * 16 ** 2 + 36 * 216 * 8 ** 2),
      },
      head,
    })
    expect(costOf(convNet('one channel'))).toEqual({
      phi: { parameters: 150 + 900 + 5400 + biases, multiplications: 25 * (6 * 32 ** 2 + 36 * 16 ** 2 + 216 * 8 ** 2) },
      head,
    })
    expect(costOf(headOf([217, 4, 4])).head.parameters).toBe(2 * 217 + 217 * 16 * 10 + 10)
  })

  it.each([
    ['one channel', 36],
    ['all channels', 216],
  ] as const)('with %s a first filter reaches %i of the 216 maps', (combination, reached) => {
    const network = convNet(combination)
    const stream = random('a tree')
    const weights = network.initialise(stream, { backend: reference })
    const x = tensor(stream.fillUniform(new Float32Array(1024), 0, 1), [1, 1, 32, 32])
    const maps = (parameters = weights.parameters): Float32Array => {
      let last = new Float32Array()
      network.forward({ ...weights, parameters }, x, {
        observe: (name, output) => void (name === 'conv3' && (last = Float32Array.from(output.toTypedArray()))),
      })
      return last
    }
    const before = maps()
    // the bias of the third of the six filters
    const moved = { 'conv1.bias': tensor(weights.parameters['conv1.bias'].toTypedArray().with(2, 10), [6]) }
    const after = maps({ ...weights.parameters, ...moved })
    const differ = Array.from({ length: 216 }, (_, map) =>
      before.slice(map * 64, (map + 1) * 64).some((v, i) => v !== after[map * 64 + i]),
    )
    const numbers = differ.flatMap((it, map) => (it ? [map] : []))
    // ρ may hide it below 0 for some
    expect(numbers.length).toBeGreaterThan(reached / 2)
    expect(numbers.length).toBeLessThanOrEqual(reached)
    if (reached === 36) expect(numbers.every((map) => Math.floor(map / 36) === 2)).toBe(true)
  })
})

describe('the multiplications of the wavelet tree', () => {
  it('are those of its steps, one by one, for one scale', () => {
    // 2^1 pixels more on each side: 36×36; 16 averages a row
    const { paths } = scattering2d({ shape: [32, 32], scales: 1, orientations: 4, maxOrder: 1 })
    const n = 36 ** 2
    const average = 16 * 36 * 36 + 16 * 16 * 36
    const first = n * Math.log2(n)
    const wavelet = 2 * n + 2 * n * Math.log2(n) + 2 * n + average
    expect(scatteringMultiplications(paths, 1)).toBeCloseTo(average + first + 4 * wavelet, 6)
  })
})
