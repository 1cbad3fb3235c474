import { reference, scope } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { turbulence2d } from './turbulence.ts'
import { type FlowState, solver } from './vorticity-equation.ts'

const side = 24
const flow = (viscosity: number) => solver({ side, viscosity, dtype: 'float64', backend: reference })
const grid = (value: (x: number, y: number) => number): Float64Array =>
  Float64Array.from({ length: side * side }, (_, i) =>
    value((2 * Math.PI * (i % side)) / side, (2 * Math.PI * Math.floor(i / side)) / side),
  )
/** Smooth vorticity that is no solution by itself. */
const eddies = grid((x, y) => Math.sin(x) * Math.cos(2 * y) + 0.7 * Math.cos(3 * x + y) - 0.4 * Math.sin(2 * x - 3 * y))

describe('the solver', () => {
  it('lets the eddies of Taylor and Green decay as e^(−2νt)', async () => {
    const { spectrumOf, step, fieldOf } = flow(0.05)
    let w = spectrumOf(grid((x, y) => 2 * Math.cos(x) * Math.cos(y)))
    for (let k = 0; k < 10; k++) w = scope(() => step(w, 0.1))
    const expected = grid((x, y) => 2 * Math.cos(x) * Math.cos(y) * Math.exp(-2 * 0.05))
    const found = await fieldOf(w)
    found.forEach((v, i) => expect(Math.abs(v - expected[i])).toBeLessThan(1e-12))
  })

  it('keeps energy and enstrophy without viscosity, to the error of its steps', async () => {
    const { spectrumOf, step, measure } = flow(0)
    let w = spectrumOf(eddies)
    const before = await measure(w)
    for (let k = 0; k < 20; k++) w = scope(() => step(w, 0.02))
    const after = await measure(w)
    expect(Math.abs(after.energy / before.energy - 1)).toBeLessThan(1e-8)
    expect(Math.abs(after.enstrophy / before.enstrophy - 1)).toBeLessThan(1e-7)
  })

  it('loses energy at the rate −2ν·enstrophy', async () => {
    const viscosity = 0.02
    const { spectrumOf, step, measure } = flow(viscosity)
    const w = spectrumOf(eddies)
    const by = 0.01
    const [before, middle, after] = await Promise.all(
      [w, step(w, by / 2), step(w, by)].map((state) => measure(state)),
    )
    // Simpson's rule
    const dissipated = ((2 * viscosity * by) / 6) * (before.enstrophy + 4 * middle.enstrophy + after.enstrophy)
    expect(before.energy - after.energy).toBeCloseTo(dissipated, 10)
  })
})

describe('turbulence2d', () => {
  it('begins with energy ½, decays, and depends on the seed alone', async () => {
    const states: FlowState[] = []
    const options = { side: 32, time: 0.5, dtype: 'float64', onProgress: (state: FlowState) => states.push(state) } as const
    const { data, shape } = await turbulence2d({ ...options, seed: 4 })
    expect(shape).toEqual([32, 32])
    expect(states[0].energy).toBeCloseTo(0.5, 10)
    states.slice(1).forEach(({ energy, enstrophy }, i) => {
      expect(energy).toBeLessThan(states[i].energy)
      expect(enstrophy).toBeLessThan(states[i].enstrophy)
    })
    const mean = Float64Array.from(data).reduce((sum, v) => sum + v, 0) / data.length
    expect(Math.abs(mean)).toBeLessThan(1e-10)
    expect((await turbulence2d({ ...options, seed: 4 })).data).toEqual(data)
    expect((await turbulence2d({ ...options, seed: 5 })).data).not.toEqual(data)
  })

  it('takes steps whose error is far below what its numbers tell', async () => {
    const [size, time, viscosity, seed] = [32, 2, 0.02, 3]
    const { data } = await turbulence2d({ side: size, time, viscosity, seed, dtype: 'float64' })
    const { data: first } = await turbulence2d({ side: size, time: 0, viscosity, seed, dtype: 'float64' })
    const { spectrumOf, step, fieldOf } = solver({ side: size, viscosity, dtype: 'float64', backend: reference })
    let w = spectrumOf(Float64Array.from(first))
    for (let k = 0; k < 200; k++) w = scope(() => step(w, time / 200))
    const fine = Float64Array.from(await fieldOf(w))
    const [off, all] = [fine.map((v, i) => (v - data[i]) ** 2), fine.map((v) => v * v)].map((squares) =>
      Math.sqrt(squares.reduce((sum, v) => sum + v, 0)),
    )
    expect(off / all).toBeLessThan(1e-3)
    expect(off).toBeGreaterThan(0)
  })

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(turbulence2d({ side: 16, signal })).rejects.toThrow('stop')
  })
})
