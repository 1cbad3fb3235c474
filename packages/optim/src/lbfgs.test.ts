import {
  DTypeError,
  type Named,
  ShapeError,
  type Tensor,
  ValueError,
  abs,
  add,
  fft2,
  log,
  mean,
  mul,
  neg,
  onBackend,
  random,
  randomNormal,
  square,
  sub,
  sum,
  tensor,
  zeros,
} from '@scatterlab/tensor'
import { deviceBackend, expectClose } from '@scatterlab/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adam } from './adam.ts'
import { descend } from './descend.ts'
import { NonFiniteError } from './errors.ts'
import { type LbfgsIteration, type LbfgsOptions, lbfgs } from './lbfgs.ts'

const f64 = (...data: number[]) => tensor(new Float64Array(data), [data.length])

/** Σ 100(x₂ᵢ₊₁ − x₂ᵢ²)² + (1 − x₂ᵢ)² */
function rosenbrock(x: Tensor): Tensor {
  const [even, odd] = [x.slice([0, x.size, 2]), x.slice([1, x.size, 2])]
  return add(mul(sum(square(sub(odd, square(even)))), 100), sum(square(sub(1, even))))
}

describe('lbfgs', () => {
  it('finds the end of the banana, from the usual start, in less than 60 evaluations', async () => {
    const start = f64(-1.2, 1)
    const found = await lbfgs(rosenbrock, start, { gradientTolerance: 1e-10 })
    expect(found.reason).toBe('gradient')
    expect(found.gradientNorm).toBeLessThanOrEqual(1e-10)
    expectClose(found.x, f64(1, 1), { absolute: 1e-9 })
    expect(found.value).toBeLessThan(1e-18)
    // published quasi-Newton codes take 35 to 50
    expect(found.evaluations).toBeLessThan(60)
    expect(found.iterations).toBeLessThan(found.evaluations)
    // the start stays
    expect(Array.from(start.toTypedArray())).toEqual([-1.2, 1])
  })

  it('finds it in twenty dimensions and in single precision', async () => {
    const start = Array.from({ length: 20 }, (_, i) => (i % 2 ? 1 : -1.2))
    const exact = await lbfgs(rosenbrock, f64(...start), { gradientTolerance: 1e-9, history: 5 })
    expectClose(
      exact.x.toTypedArray(),
      start.map(() => 1),
      { absolute: 1e-8 },
    )
    const single = await lbfgs(rosenbrock, tensor(new Float32Array(start), [20]), { gradientTolerance: 1e-4 })
    expect(single.x.dtype).toBe('float32')
    expect(['gradient', 'search']).toContain(single.reason)
    expectClose(
      single.x.toTypedArray(),
      start.map(() => 1),
      { absolute: 1e-3 },
    )
  })

  it('ends on a quadratic of n dimensions after at most n exact steps: its directions are conjugate', async () => {
    const curvatures = [1, 3, 10, 40, 200, 1000]
    const n = curvatures.length
    const target = randomNormal([n], random(1), { dtype: 'float64' })
    const objective = (x: Tensor): Tensor => mul(sum(mul(square(sub(x, target)), f64(...curvatures))), 0.5)
    const start = zeros([n], { dtype: 'float64' })
    const { iterations, reason, x } = await lbfgs(objective, start, {
      // 1e-9 of the first gradient: with c₂ = 1e-7 a line's minimum is exact up to rounding
      gradientTolerance: 1e-6,
      wolfe: { c1: 1e-8, c2: 1e-7 },
    })
    expect(reason).toBe('gradient')
    expect(iterations).toBeLessThanOrEqual(n)
    expectClose(x, target, { absolute: 1e-6 })
  })

  it('reaches a gradient at the rounding of an ill-conditioned quadratic whose least value is not 0', async () => {
    const curvatures = f64(...Array.from({ length: 12 }, (_, i) => 10 ** (i / 2)))
    const objective = (x: Tensor): Tensor => add(mul(sum(mul(square(sub(x, 1)), curvatures)), 0.5), 5)
    const { reason, x, iterations } = await lbfgs(objective, zeros([12], { dtype: 'float64' }), {
      gradientTolerance: 1e-8,
      history: 30,
      iterations: 500,
    })
    expect(reason).toBe('gradient')
    // SciPy's L-BFGS-B takes 99 to where it can tell no values apart
    expect(iterations).toBeLessThan(130)
    // ‖x − 1‖ ≤ ‖∇‖ / least curvature; values alone would tell x only to 1e-8
    expectClose(x.toTypedArray(), new Float64Array(12).fill(1), { absolute: 1.1e-8 })
  })

  it('minimises in a complex array: deconvolution against division in Fourier', async () => {
    const shape = [4, 5]
    const [kernel, signal] = [1, 2].map((seed) => randomNormal(shape, random(seed), { dtype: 'complex128' }))
    const data = mul(kernel, fft2(signal))
    const objective = (z: Tensor): Tensor => sum(square(abs(sub(mul(kernel, fft2(z)), data))))
    const { x, reason } = await lbfgs(objective, zeros(shape, { dtype: 'complex128' }), {
      gradientTolerance: 1e-9,
      iterations: 400,
      history: 30,
    })
    expect(reason).toBe('gradient')
    expect(x.dtype).toBe('complex128')
    expectClose(x, signal, { absolute: 1e-8 })
  })

  it('minimises in arrays by name, of any types, and gives them back so', async () => {
    const start = { a: tensor(new Float32Array([3, 4]), [2, 1]), z: zeros([2], { dtype: 'complex128' }) }
    const goal = tensor(new Float64Array([1, 2, 3, -4]), [2], { dtype: 'complex128' })
    const objective = ({ a, z }: typeof start): Tensor => add(sum(square(sub(a, 1))), sum(square(abs(sub(z, goal)))))
    const { x } = await lbfgs(objective, start)
    expect(Object.keys(x)).toEqual(['a', 'z'])
    expect([x.a.dtype, x.a.shape, x.z.dtype]).toEqual(['float32', [2, 1], 'complex128'])
    expectClose(x.a.toTypedArray(), [1, 1], { absolute: 1e-5 })
    expectClose(x.z, goal, { absolute: 1e-5 })
  })

  it('ends where it is told to', async () => {
    const objective = (x: Tensor): Tensor => sum(square(square(sub(x, 1))))
    const run = { gradientTolerance: 0, until: async ({ value }: { value: number }) => value < 1e-3 }
    for (const minimise of [lbfgs, descend(adam({ rate: 0.1 }))]) {
      const values: number[] = []
      const { value, reason } = await minimise(objective, zeros([3], { dtype: 'float64' }), {
        ...run,
        onIteration: (iteration) => values.push(iteration.value),
      })
      expect([reason, value]).toEqual(['until', values.at(-1)])
      expect(values.filter((v) => v < 1e-3)).toEqual([value])
    }
  })

  it('takes a gradient that is given in the place of the one that is derived', async () => {
    const target = randomNormal([3, 4], random(1), { dtype: 'float64' })
    const curvatures = f64(1, 10, 100, 1000)
    const derived = await lbfgs((x) => sum(mul(square(sub(x, target)), curvatures)), zeros([3, 4], target))
    const given = await lbfgs(
      {
        valueAndGradient(x: Tensor) {
          const away = sub(x, target)
          return { value: sum(mul(square(away), curvatures)).item(), gradient: mul(mul(away, curvatures), 2) }
        },
      },
      zeros([3, 4], target),
    )
    expectClose(given.x, derived.x, { absolute: 1e-10 })
    expect([given.iterations, given.evaluations, given.reason]).toEqual([
      derived.iterations,
      derived.evaluations,
      derived.reason,
    ])
  })

  it('says why it ended', async () => {
    const objective = (x: Tensor): Tensor => add(rosenbrock(x), 1)
    const end = async (options: Parameters<typeof lbfgs>[2]) => (await lbfgs(objective, f64(-1.2, 1), options)).reason
    expect(await end({ iterations: 5 })).toBe('iterations')
    expect(await end({ iterations: 0 })).toBe('iterations')
    expect(await end({ valueTolerance: 1e-3 })).toBe('value')
    expect(await end({ gradientTolerance: 1e4 })).toBe('gradient')
    // below what rounding allows
    expect(await end({ gradientTolerance: 0, iterations: 1000 })).toMatch(/search|gradient/)
  })

  it('comes down to a kink and ends there', async () => {
    const { x, value, reason } = await lbfgs((x) => sum(abs(sub(x, f64(1, -2)))), f64(0.3, 0.1), { iterations: 50 })
    // exactly at the kink the gradient counts as 0
    expect(reason).toMatch(/search|gradient/)
    expect(value).toBeLessThan(1e-6)
    expectClose(x, f64(1, -2), { absolute: 1e-6 })
  })

  it('stays where the function has a value', async () => {
    // x − log x is NaN left of 0, where the first step leads
    const { x, reason } = await lbfgs((x) => sum(sub(x, log(x))), f64(0.01, 30))
    expect(reason).toBe('gradient')
    expectClose(x, f64(1, 1), { absolute: 1e-4 })
  })
})

describe('every accepted step', () => {
  it('satisfies the strong Wolfe conditions, recomputed from the points alone', async () => {
    const wolfe = fc.record({
      c1: fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
      c2: fc.double({ min: 0.2, max: 0.9, noNaN: true }),
    })
    await fc.assert(
      fc.asyncProperty(wolfe, fc.integer({ min: 1, max: 6 }), fc.nat(1000), async ({ c1, c2 }, n, seed) => {
        const numbers = random(seed)
        const terms = Array.from({ length: n }, () => ({
          stiff: 10 ** (3 * numbers.uniform()),
          quartic: numbers.uniform(),
          wave: numbers.uniform(),
        }))
        // Σ stiff·(xᵢ − xᵢ₋₁)²/2 + quartic·xᵢ⁴ + wave·cos 2xᵢ, by its own loop
        const f = (x: ArrayLike<number>): number =>
          terms.reduce((total, { stiff, quartic, wave }, i) => {
            const step = x[i] - (i > 0 ? x[i - 1] : 0)
            return total + (stiff * step ** 2) / 2 + quartic * x[i] ** 4 + wave * Math.cos(2 * x[i])
          }, 0)
        const slopes = (x: ArrayLike<number>): Float64Array => {
          const g = new Float64Array(n)
          terms.forEach(({ stiff, quartic, wave }, i) => {
            const step = x[i] - (i > 0 ? x[i - 1] : 0)
            g[i] += stiff * step + 4 * quartic * x[i] ** 3 - 2 * wave * Math.sin(2 * x[i])
            if (i > 0) g[i - 1] -= stiff * step
          })
          return g
        }
        const start = numbers.fillNormal(new Float64Array(n))
        const points: Float64Array[] = [start.slice()]
        const seen: LbfgsIteration<Tensor>[] = []
        await lbfgs(
          {
            valueAndGradient(x: Tensor) {
              const at = x.toTypedArray()
              return { value: f(at), gradient: tensor(slopes(at), [n]) }
            },
          },
          tensor(start, [n]),
          {
            wolfe: { c1, c2 },
            gradientTolerance: 1e-4,
            onIteration(iteration) {
              seen.push(iteration)
              points.push(Float64Array.from(iteration.x().toTypedArray()))
            },
          },
        )
        seen.forEach(({ step, value, iteration, wolfe }, i) => {
          const [from, to] = [points[i], points[i + 1]]
          const along = (g: Float64Array): number =>
            g.reduce((total, slope, k) => total + slope * (to[k] - from[k]), 0) / step
          const [before, after] = [along(slopes(from)), along(slopes(to))]
          expect(iteration).toBe(i + 1)
          expect(wolfe).toBe(true)
          expect(value).toBe(f(to))
          // (to − from)/step is the direction up to the rounding of the points
          const slack = 1e-9 * Math.abs(before) + (1e-12 * Math.hypot(...slopes(to))) / step
          expect(f(to)).toBeLessThanOrEqual(f(from) + step * (c1 * before + slack))
          expect(Math.abs(after)).toBeLessThanOrEqual(c2 * Math.abs(before) + slack)
        })
      }),
      { numRuns: 60 },
    )
  })
})

describe('lbfgs on a back end that shows no numbers', () => {
  it('takes the same path as on the reference, and holds no memory but the start and the result', async () => {
    const backend = deviceBackend()
    const target = randomNormal([6, 6], random(1), { dtype: 'float64' })
    const spectrum = abs(fft2(target))
    const start = randomNormal([6, 6], random(2), { dtype: 'float64' })
    const objective = (goal: Tensor) => (x: Tensor) => mean(square(sub(abs(fft2(x)), goal)))
    const [there, goal] = [start, spectrum].map((x) => onBackend(x, backend))
    const live: number[] = []
    const options = { iterations: 30, gradientTolerance: 1e-9 }
    const onDevice = await lbfgs(objective(goal), there, {
      ...options,
      onIteration: () => void live.push(backend.live.size),
    })
    expect(new Set(live)).toEqual(new Set([2]))
    expect(backend.live.size).toBe(3)
    const onHost = await lbfgs(objective(spectrum), start, options)
    expect(onDevice.x.backend).toBe(backend)
    expect(await onDevice.x.read()).toEqual(onHost.x.toTypedArray())
    expect(onDevice.value).toBeLessThan(0.1 * objective(spectrum)(start).item())
  })
})

describe('lbfgs can be ended', () => {
  it('before it starts, and between two evaluations, with the reason', async () => {
    let evaluations = 0
    const objective = (x: Tensor): Tensor => {
      evaluations++
      return rosenbrock(x)
    }
    await expect(lbfgs(objective, f64(0, 0), { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no')
    expect(evaluations).toBe(0)
    const controller = new AbortController()
    const run = lbfgs(objective, f64(-1.2, 1), {
      signal: controller.signal,
      onIteration: ({ iteration }) => iteration === 3 && controller.abort(new Error('enough')),
    })
    await expect(run).rejects.toThrow('enough')
    expect(evaluations).toBeLessThan(10)
  })

  it('by a timer', async () => {
    const slow = (x: Tensor): Tensor => {
      const until = performance.now() + 5
      while (performance.now() < until);
      return rosenbrock(x)
    }
    const run = lbfgs(slow, f64(-1.2, 1), { signal: AbortSignal.timeout(20), gradientTolerance: 0, iterations: 10_000 })
    await expect(run).rejects.toThrow(/timeout/)
  })
})

describe('lbfgs refuses', () => {
  it('a function without a value, with the iteration', async () => {
    await expect(lbfgs((x) => log(sum(neg(square(x)))), f64(1, 2))).rejects.toMatchObject({
      code: 'NON_FINITE',
      iteration: 0,
      message: 'iteration 0: the objective is NaN at the start',
    })
    const blind = {
      valueAndGradient: (x: Tensor) => ({ value: sum(square(x)), gradient: mul(x, Infinity) }),
    }
    await expect(lbfgs(blind, f64(1, 2))).rejects.toThrow('iteration 0: the norm of the gradient is Infinity')
  })

  it('one that loses its value on the way', async () => {
    let iterations = 0
    const failing = {
      valueAndGradient: (x: Tensor) => {
        const value = iterations < 4 ? rosenbrock(x).item() : NaN
        const [a, b] = x.toTypedArray()
        return { value, gradient: f64(-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)) }
      },
    }
    const run = lbfgs(failing, f64(-1.2, 1), { onIteration: () => void iterations++ })
    await expect(run).rejects.toThrow(NonFiniteError)
    iterations = 0
    await expect(lbfgs(failing, f64(-1.2, 1), { onIteration: () => void iterations++ })).rejects.toMatchObject({
      iteration: 5,
      message: 'iteration 5: the objective is NaN wherever it leads',
    })
  })

  it.each([
    [{ history: 0 }, 'history is 0'],
    [{ parts: 0 }, 'parts is 0'],
    [{ parts: 3 }, 'parts is 3: give a divisor of the first axis of 2'],
    [{ maxIterations: 1 }, 'lbfgs has no option maxIterations. Did you mean iterations?'],
    [{ wolfe: { c3: 1 } }, 'lbfgs: wolfe has no option c3'],
    [{ iterations: 1.5 }, 'iterations is 1.5'],
    [{ gradientTolerance: -1 }, 'gradientTolerance is -1'],
    [{ valueTolerance: NaN }, 'valueTolerance is NaN'],
    [{ wolfe: { c1: 0.95 } }, 'c1 0.95, c2 0.9'],
    [{ wolfe: { c2: 1 } }, 'c1 0.0001, c2 1'],
  ])('%o', async (options, message) => {
    await expect(lbfgs(rosenbrock, f64(1, 2), options as LbfgsOptions)).rejects.toThrow(ValueError)
    await expect(lbfgs(rosenbrock, f64(1, 2), options as LbfgsOptions)).rejects.toThrow(message)
  })

  it('nothing to change, and gradients of another form, by name', async () => {
    await expect(lbfgs((x: Tensor) => sum(x), zeros([0]))).rejects.toThrow(ValueError)
    await expect(lbfgs(3 as never, f64(1))).rejects.toThrow('the objective is 3')
    await expect(lbfgs((x: Tensor) => sum(x), [1, 2] as never)).rejects.toThrow('the start is [1, 2]')
    await expect(lbfgs((x: Tensor) => x, f64(1, 2))).rejects.toThrow(ShapeError)
    const with_ = (gradient: Named) =>
      lbfgs({ valueAndGradient: () => ({ value: 1, gradient }) }, { w: f64(1, 2) } as Named)
    await expect(with_({})).rejects.toThrow('the gradient lacks `w`')
    await expect(with_({ w: f64(1) })).rejects.toThrow('the gradient of `w` is 1, the variable 2')
    await expect(with_({ w: zeros([2], { dtype: 'complex64' }) })).rejects.toThrow(DTypeError)
  })
})
