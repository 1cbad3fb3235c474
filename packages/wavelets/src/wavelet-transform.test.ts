import { type Tensor, add, complex, conj, grad, mul, random, randomNormal, sum, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { toGrid } from './box.ts'
import { filterBank1d } from './filter-bank-1d.ts'
import { filterBank2d } from './filter-bank-2d.ts'
import type { Bank } from './littlewood-paley.ts'
import { morletPyramid } from './morlet-pyramid.ts'
import { type WaveletFields, waveletTransform } from './wavelet-transform.ts'

const noise = (shape: readonly number[], seed: number): Tensor =>
  randomNormal(shape, random(seed), { dtype: 'float64' })
const worst = (a: Tensor, b: Tensor): number => {
  const [these, those] = [Array.from(a.toTypedArray()), Array.from(b.toTypedArray())]
  return these.reduce((top, v, i) => Math.max(top, Math.abs(v - those[i])), 0)
}
const product = (a: Tensor, b: Tensor): Tensor => sum(a.dtype === 'complex128' ? mul(a, conj(b)).real : mul(a, b))
const both = (a: WaveletFields, b: WaveletFields): Tensor => add(product(a.psi, b.psi), product(a.phi, b.phi))

const banks: [string, Bank, number[]][] = [
  ['signals', filterBank1d({ length: 60, scales: 4, waveletsPerOctave: 2 }), [60]],
  ['signals, both spins', filterBank1d({ length: 64, scales: 3, spins: 'both', renormalise: 'wavelets' }), [64]],
  ['images', filterBank2d({ shape: [16, 20], scales: 2, orientations: 4 }), [16, 20]],
  ['the equivalent filters of a pyramid', morletPyramid({ shape: [16, 16], scales: 2, edges: 'periodic' }), [16, 16]],
]

describe.each(banks)('the transform by a bank of %s', (_, bank, shape) => {
  const W = waveletTransform(bank)
  const x = noise([2, ...shape], 1)
  const y: WaveletFields = {
    psi: complex(noise([2, bank.psi.length, ...shape], 2), noise([2, bank.psi.length, ...shape], 3)),
    phi: noise([2, ...shape], 4),
  }

  it('is convolution with the filters, by direct sums', () => {
    const [height, width] = bank.grid
    const fields = W.forward(x)
    const values = x.toTypedArray()
    const filter = toGrid(bank.psi[1].atLevel(0))
    // one sample of x ⋆ ψ by its definition
    const [v, u] = [Math.floor(height / 3), 5]
    let [re, im] = [0, 0]
    for (let n = 0; n < height * width; n++) {
      const [dy, dx] = [v - Math.floor(n / width), u - (n % width)]
      for (let k = 0; k < height * width; k++) {
        const phase = 2 * Math.PI * ((Math.floor(k / width) * dy) / height + ((k % width) * dx) / width)
        re += (values[n] * filter[k] * Math.cos(phase)) / (height * width)
        im += (values[n] * filter[k] * Math.sin(phase)) / (height * width)
      }
    }
    const at = fields.psi.toTypedArray().subarray(2 * (height * width + v * width + u))
    expect(at[0]).toBeCloseTo(re, 11)
    expect(at[1]).toBeCloseTo(im, 11)
  })

  it('has its adjoint: ⟨Wx, y⟩ = ⟨x, W*y⟩, and so says the tape', () => {
    expect(both(W.forward(x), y).item()).toBeCloseTo(product(x, W.adjoint(y)).item(), 10)
    expect(worst(grad((v: Tensor) => both(W.forward(v), y))(x), W.adjoint(y))).toBeLessThan(1e-12)
  })

  it('gives x back', () => {
    expect(worst(W.inverse(W.forward(x)), x)).toBeLessThan(1e-12)
  })
})

describe('bad arguments', () => {
  const W = waveletTransform(filterBank2d({ shape: [8, 8], scales: 1 }))
  it('names the shape that does not fit', () => {
    expect(() => W.forward(noise([8], 1))).toThrow('x is of shape 8: its last axes must be 8×8')
    expect(() => W.adjoint({ psi: noise([7, 8, 8], 1), phi: noise([8, 8], 1) })).toThrow('its last axes must be 8×8×8')
    expect(() => W.adjoint(noise([8, 8], 1) as never)).toThrow('what forward gives')
  })

  it('says where no filter covers', () => {
    const gap = filterBank1d({ length: 512, scales: 4, waveletsPerOctave: 16, xi: 1 })
    const W = waveletTransform(gap)
    expect(() => W.inverse(W.forward(noise([512], 1)))).toThrow(
      /no filter of the bank covers frequency \(0, \d+\) of the grid 1×512/,
    )
    expect(() => waveletTransform(tensor([1]) as never)).toThrow('it must be a bank')
  })
})
