// Moduli of convolutions along a fibre, averaged: at each point the angles are transformed, filtered, transformed back, and their
// moduli summed, all in registers and one line of work space; and the gradient, which goes the same way twice.
import type { View } from '@scatterlab/tensor'
import type { FibreFilters } from '@scatterlab/tensor/operations'
import { type Expr, type Local, f32x4, i32, v128 } from '../assembler/assembler.ts'
import { emitLine, scratchBytes } from '../fourier/codelet.ts'
import { isStraight } from '../fourier/factors.ts'
import type { Kernels } from '../fourier/kernels.ts'
import { QUAD, loadQuad, storeQuad } from '../fourier/layout.ts'
import { Plans, Words, tableFor } from '../fourier/plans.ts'
import type { Complex, Vectors } from '../fourier/vectors.ts'
import type { Address } from '../memory/heap.ts'
import type { Steps } from '../replay/steps.ts'
import type { Kernel } from '../threads/compiled.ts'
import { along } from './adjoint-wavelet.ts'
import { type Field, clear, fieldOf } from './field.ts'
import { inRange, modulus, scaleLine, square } from './modulus.ts'

interface Plan {
  readonly kernel: Kernel
  readonly table: Address
  readonly scratch: number
}

/** Filters and windows as they are written into kernels: what is known of their values. */
interface Shape {
  /** L: half a turn. */
  readonly half: number
  /** For each filter whether ψ̂(m) = ψ̂(−m): then the moduli of both halves of the turn are the same. */
  readonly isEven: readonly boolean[]
  /** For each filter the frequencies that it passes. */
  readonly passed: readonly (readonly number[])[]
  /** Of a window that is the same for all angles nothing but its value; of others all values. */
  readonly isFlat: readonly boolean[]
}

const plans = new Plans<View, Plan>()
const adjointPlans = new Plans<View, Plan>()

/** Runs `fibreModulus`, or gives false where it has no kernel. Values of filters and windows must not change. */
export function fibreModulus(steps: Steps, z: View, fibre: FibreFilters, out: View): boolean {
  const from = fieldOf(steps, z, z.dtype === 'float32' ? 'float32' : 'complex64')
  const to = fieldOf(steps, out, 'float32')
  if (from === null || to === null || !hasKernel(fibre, from)) return false
  const { issue, kernels } = steps
  const plan = plans.get(kernels, fibre.filters, layoutOf(fibre, from, to), () => {
    const { shape, table } = described(kernels, fibre)
    return {
      kernel: moduli(kernels, shape, from, to),
      table,
      scratch: (2 * from.height + 1) * QUAD + scratchBytes(2 * from.height),
    }
  })
  const scratch = steps.workspace(plan.scratch)
  for (let q = 0; q < from.quads; q++)
    issue(plan.kernel, from.address + 16 * q, to.address + 16 * q, plan.table, from.width, scratch)
  return true
}

/** Runs `fibreModulusAdjoint`, or gives false where it has no kernel. Values of filters and windows must not change. */
export function fibreModulusAdjoint(
  steps: Steps,
  z: View,
  fibre: FibreFilters,
  g: View,
  out: View,
  accumulate: boolean,
): boolean {
  const dtype = z.dtype === 'float32' ? 'float32' : 'complex64'
  const from = fieldOf(steps, z, dtype)
  const gradient = fieldOf(steps, g, 'float32')
  const to = fieldOf(steps, out, dtype)
  if (from === null || gradient === null || to === null || !hasKernel(fibre, from)) return false
  const { issue, kernels } = steps
  const layout = [...layoutOf(fibre, from, gradient), to.row, to.element, to.imag]
  const plan = adjointPlans.get(kernels, fibre.filters, layout, () => {
    const { shape, table } = described(kernels, fibre)
    const scratch = 6 * from.height * QUAD + scratchBytes(2 * from.height)
    return { kernel: directions(kernels, shape, from, gradient, to), table, scratch }
  })
  if (!accumulate) clear(steps, to)
  const scratch = steps.workspace(plan.scratch)
  for (let q = 0; q < from.quads; q++) {
    const places = [from, gradient, to].map(({ address }) => address + 16 * q)
    issue(plan.kernel, ...places, plan.table, from.width, scratch)
  }
  return true
}

const hasKernel = ({ filters, windows }: FibreFilters, { height }: Field): boolean =>
  isStraight(2 * height) &&
  [filters, windows].every((view) => view.dtype === 'float32' && view.buffer.data !== null && !view.shape.includes(0))

/** Windows are told apart by where they lie. */
const layoutOf = ({ windows }: FibreFilters, from: Field, to: Field): number[] => [
  from.height,
  from.row,
  from.element,
  from.imag,
  to.row,
  to.element,
  numberOf(windows),
  windows.shape[0]!,
  windows.offset,
]

const numbers = new WeakMap<object, number>()
let next = 0

/** A number for the buffer of a view. */
function numberOf({ buffer }: View): number {
  const found = numbers.get(buffer) ?? next++
  numbers.set(buffer, found)
  return found
}

/** The table holds ψ̂_k(m)/2L, filter by filter, then of each window its value or its values. */
function described(kernels: Kernels, { filters, windows }: FibreFilters): { shape: Shape; table: Address } {
  const [psi, w] = [rowsOf(filters), rowsOf(windows)]
  const turn = filters.shape[1]!
  const shape = {
    half: turn / 2,
    isEven: psi.map((own) => own.every((value, m) => value === own[(turn - m) % turn])),
    passed: psi.map((own) => [...own.keys()].filter((m) => own[m] !== 0)),
    isFlat: w.map((own) => own.every((value) => value === own[0])),
  }
  const words = new Words()
  for (const own of psi) words.float(...own.map((value) => value / turn))
  w.forEach((own, q) => words.float(...(shape.isFlat[q] ? [own[0]!] : own)))
  return { shape, table: tableFor(kernels, filters.buffer, words.list) }
}

function rowsOf({ buffer, offset, shape }: View): number[][] {
  const [count, length] = shape as [number, number]
  return Array.from({ length: count }, (_, i) =>
    Array.from(buffer.data!.subarray(offset + i * length, offset + (i + 1) * length)),
  )
}

/** Where in the table filters and windows lie, in bytes. */
function placesOf({ half, isEven, isFlat }: Shape) {
  let end = isEven.length * 8 * half
  const windows = isFlat.map((flat) => (end += 4 * (flat ? 1 : 2 * half)) - 4 * (flat ? 1 : 2 * half))
  return { filter: (k: number, m: number) => 4 * (k * 2 * half + m), windows }
}

/** Filters that pass no more frequencies than this are sums written out. */
const FEW = 3

const isFew = (passed: readonly number[]): boolean => passed.length > 0 && passed.length <= FEW

const named = ({ half, isEven, isFlat, passed }: Shape): string =>
  `${half} ${isEven.join()} ${isFlat.join()} ${passed.map((own) => (own.length === 2 * half ? 'all' : own.join('+'))).join()}`

/** Transforms the whole turn at `source`, of which half is stored, to `line`. */
function emitSpectrum(
  v: Vectors,
  kernels: Kernels,
  half: number,
  { row, imag }: Field,
  source: Local<'i32'>,
  line: Local<'i32'>,
  scratch: Local<'i32'>,
): void {
  const zero = imag === 0 ? v.keep(v.constant(0)) : null
  emitLine(v, kernels, 2 * half, -1, {
    source,
    target: line,
    scratch,
    loadStep: row,
    storeStep: QUAD,
    load: (at, i) => {
      const offset = (i % half) * row
      const z = v.complex(v128.load(at, offset), zero ?? v128.load(at, offset + imag))
      return i < half ? z : { ...z, im: { ...z.im, negative: true } }
    },
    store: (at, k, z) => storeQuad(v, at, k * QUAD, z),
  })
}

/** kernel(fibres, averages, table, points, work) */
function moduli(kernels: Kernels, shape: Shape, from: Field, to: Field): Kernel {
  const { half, isEven, isFlat } = shape
  const turn = 2 * half
  const places = placesOf(shape)
  const name = `fibre ${named(shape)} ${from.row} ${from.element} ${from.imag} ${to.row} ${to.element}`
  return kernels.kernel(name, 5, (v, [source, target, table, points, line], f) => {
    const scratch = f.let(i32.add(line, (turn + 1) * QUAD))
    const sums = f.locals('v128', isFlat.length)
    const total = f.local('v128')
    f.repeat(points, () => {
      v.block(() => emitSpectrum(v, kernels, half, from, source, line, scratch))
      inRange(
        v,
        { column: line, n: turn, pitch: QUAD },
        {
          transform(note) {
            // no modulus is larger than the sum of the spectrum's, so that it is enough to note these
            for (let m = 0; m < turn; m++) v.block(() => void square(v, loadQuad(v, line, m * QUAD), note))
            isEven.forEach((even, k) => {
              let isFirst = true
              const add = (theta: number, value: Expr<'v128'>): void => {
                f.set(total, isFirst ? value : f32x4.add(total, value))
                isFlat.forEach((flat, q) => {
                  if (flat) return
                  const weight = v128.load32Splat(table, places.windows[q]! + 4 * theta)
                  f.set(sums[q]!, isFirst ? f32x4.mul(weight, value) : v.multiplyAdd(weight, value, sums[q]!))
                })
                isFirst = false
              }
              emitFiltered(v, kernels, shape, k, table, line, scratch, (theta, z) => {
                // an even filter gives both halves of the turn the same moduli
                if (even && theta >= half) return
                const value = v.keep(modulus(v, z, () => {}))
                for (const angle of even ? [theta, theta + half] : [theta]) add(angle, value)
              })
              isFlat.forEach((flat, q) => {
                const sum = flat ? f32x4.mul(total, v128.load32Splat(table, places.windows[q]!)) : sums[q]!
                f.store(target, sum, (k * isFlat.length + q) * to.row)
              })
            })
          },
          undo: (inverse) => scaleLine(f, target, isEven.length * isFlat.length, to.row, [0], inverse),
        },
      )
      f.advance(source, from.element)
      f.advance(target, to.element)
    })
  })
}

/** The line of spectra times filter k, transformed back; `store` gets each of the 2L angles. */
function emitFiltered(
  v: Vectors,
  kernels: Kernels,
  shape: Shape,
  k: number,
  table: Local<'i32'>,
  line: Local<'i32'>,
  scratch: Local<'i32'>,
  store: (theta: number, z: Complex) => void,
): void {
  const { filter } = placesOf(shape)
  const passed = shape.passed[k]!
  const weighted = (at: Local<'i32'>, m: number): Complex => {
    const weight = v.keep(v128.load32Splat(table, filter(k, m)))
    return v.weighted(weight, v128.load(at, m * QUAD), v128.load(at, m * QUAD + QUAD / 2), false, null)
  }
  if (isFew(passed)) {
    v.block(() => {
      const terms = passed.map((m) => weighted(line, m))
      for (let theta = 0; theta < 2 * shape.half; theta++) {
        v.block(() => {
          const turned = terms.map((z, i) => v.rotate(z, (passed[i]! * theta) / (2 * shape.half)))
          store(
            theta,
            turned.reduce((sum, z) => v.plus(sum, z)),
          )
        })
      }
    })
    return
  }
  const nothing = v.zero()
  emitLine(v, kernels, 2 * shape.half, 1, {
    source: line,
    target: line,
    scratch,
    loadStep: QUAD,
    storeStep: QUAD,
    load: (at, m) => (passed.includes(m) ? weighted(at, m) : nothing),
    store: (_, theta, z) => store(theta, z),
  })
}

/** kernel(fibres, gradients of averages, gradients of fibres, table, points, work): the last are added to. */
function directions(kernels: Kernels, shape: Shape, from: Field, gradient: Field, to: Field): Kernel {
  const { half, isEven, isFlat } = shape
  const turn = 2 * half
  const places = placesOf(shape)
  const layout = [from, gradient, to].map(({ row, element, imag }) => `${row} ${element} ${imag}`).join(' ')
  return kernels.kernel(`fibre back ${named(shape)} ${layout}`, 6, (v, [source, g, target, table, points, line], f) => {
    const sums = f.let(i32.add(line, turn * QUAD))
    const field = f.let(i32.add(sums, turn * QUAD))
    const scratch = f.let(i32.add(field, turn * QUAD))
    /** Σ_q w_q(θ)·g[k, q]. */
    const weightAt = (k: number, theta: number): Expr<'v128'> =>
      isFlat.reduce<Expr<'v128'> | null>((sum, flat, q) => {
        const w = v128.load32Splat(table, places.windows[q]! + (flat ? 0 : 4 * theta))
        const own = v128.load(g, (k * isFlat.length + q) * gradient.row)
        return sum === null ? f32x4.mul(w, own) : v.multiplyAdd(w, own, sum)
      }, null)!
    f.repeat(points, () => {
      v.block(() => emitSpectrum(v, kernels, half, from, source, line, scratch))
      isEven.forEach((_, k) => {
        inRange(
          v,
          { column: line, n: turn, pitch: QUAD },
          {
            transform: (note) =>
              emitFiltered(v, kernels, shape, k, table, line, scratch, (theta, z) =>
                storeQuad(v, field, theta * QUAD, along(v, z, weightAt(k, theta), note)),
              ),
          },
        )
        emitLine(v, kernels, turn, -1, {
          source: field,
          target: sums,
          scratch,
          loadStep: QUAD,
          storeStep: QUAD,
          load: (at, i) => loadQuad(v, at, i * QUAD),
          store: (at, m, z) => {
            const weight = v.keep(v128.load32Splat(table, places.filter(k, m)))
            const parts = v.parts(z)
            const before = k === 0 ? null : loadQuad(v, at, m * QUAD)
            storeQuad(v, at, m * QUAD, v.weighted(weight, v.keep(parts.re), v.keep(parts.im), false, before))
          },
        })
      })
      emitLine(v, kernels, turn, 1, {
        source: sums,
        target: field,
        scratch,
        loadStep: QUAD,
        storeStep: QUAD,
        load: (at, i) => loadQuad(v, at, i * QUAD),
        store: (at, theta, z) => storeQuad(v, at, theta * QUAD, z),
      })
      for (let t = 0; t < half; t++) {
        const [here, there] = [t * QUAD, (t + half) * QUAD]
        const re = f32x4.add(v128.load(field, here), v128.load(field, there))
        f.store(target, f32x4.add(v128.load(target, t * to.row), re), t * to.row)
        if (to.imag === 0) continue
        const im = f32x4.sub(v128.load(field, here + QUAD / 2), v128.load(field, there + QUAD / 2))
        f.store(target, f32x4.add(v128.load(target, t * to.row + to.imag), im), t * to.row + to.imag)
      }
      f.advance(source, from.element)
      f.advance(g, gradient.element)
      f.advance(target, to.element)
    })
  })
}
