import { abs, fft2, random, reference, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import textures from './main.ts'
import { normalised } from './pictures-as-numbers.ts'
import { processes } from './processes.ts'
import { pairErrors } from './same-spectrum.ts'
import { generatedPairs, periodicPart, picturePairs, randomPhases } from './twins.ts'

const side = 48
const shape = [side, side] as const
const modulus = (data: Float32Array): Float64Array =>
  abs(fft2(tensor(Float64Array.from(data), [...shape]))).toTypedArray() as Float64Array
const moment = (data: Float32Array, power: number): number =>
  data.reduce((sum, value) => sum + value ** power, 0) / data.length

describe('a twin', () => {
  it.each(processes)('of $name has its spectrum, and not its moments of order 4', ({ draw }) => {
    const texture = normalised({ data: draw(side, random(1)), shape })
    const twin = randomPhases(texture, random(2))
    const [a, b] = [modulus(texture.data), modulus(twin.data)]
    // the fields are of single precision, moduli up to some hundred
    a.forEach((value, k) => expect(Math.abs(b[k] - value)).toBeLessThan(1e-3))
    expect(Math.abs(moment(texture.data, 4) - moment(twin.data, 4))).toBeGreaterThan(0.1)
  })

  it('is real and of the mean of the texture', () => {
    const field = { data: Float32Array.from({ length: side * side }, (_, i) => Math.sin(i) + 2), shape }
    expect(moment(randomPhases(field, random(3)).data, 1)).toBeCloseTo(Math.abs(moment(field.data, 1)), 5)
  })
})

describe('the periodic part', () => {
  it('of a picture without jumps at its edges is the picture', () => {
    const data = new Float32Array(side * side)
    for (let r = 1; r < side - 1; r++) for (let c = 1; c < side - 1; c++) data[r * side + c] = Math.sin(r * c)
    periodicPart({ data, shape }).data.forEach((value, i) => expect(value).toBeCloseTo(data[i], 5))
  })

  it('of a ramp hardly jumps', () => {
    const ramp = { data: Float32Array.from({ length: side * side }, (_, i) => i % side), shape }
    const { data } = periodicPart(ramp)
    const jump = Math.abs(data[side - 1] - data[0])
    expect(jump).toBeLessThan(0.1 * (side - 1))
  })
})

it('pairs textures with twins of other draws, pictures with their own', () => {
  const generated = generatedPairs(processes[0], side, 2, 1)
  expect(modulus(generated.textures[0].data)[5]).not.toBeCloseTo(modulus(generated.twins[0].data)[5], 3)
  const [picture] = generated.textures
  const own = picturePairs('wood', [picture], 1)
  expect(own.textures[0].shape).toEqual([48, 48])
  const spectra = [own.textures[0], own.twins[0]].map(
    ({ data }) => abs(fft2(tensor(Float64Array.from(data), [48, 48]))).toTypedArray() as Float64Array,
  )
  expect(spectra[1][5]).toBeCloseTo(spectra[0][5], 3)
})

describe('errors between textures and their twins', () => {
  it('need a pair that was not trained on', async () => {
    const pairs = generatedPairs(processes[0], 32, 2, 1)
    await expect(pairErrors(pairs, 2, { backend: reference, seed: 1 })).rejects.toThrow('has 2 pairs, of which 2')
  })

  it.each(Object.entries(textures.budgets))('are tested in %s mode: KTH-TIPS has 81 pictures a class', (_, budget) => {
    const { materials, generated } = budget.pairs
    expect(materials.training).toBeLessThan(81)
    expect(generated.training).toBeLessThan(generated.draws)
  })
})
