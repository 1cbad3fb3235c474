// Point-wise passes on the heap: a kernel for each formula, precision and layout of its arrays, compiled when it is first needed.
import { type Formula, kernel } from '@scatterlab/tensor'
import { fused } from '@scatterlab/tensor/operations'
import type { KernelSet, Placed } from '../host.ts'
import { double, single } from '../assembler/precision.ts'
import { type Layout, type Place, formulaModule, hasKernel } from './formula-kernel.ts'
import { type Axis, axesOf } from './strided.ts'
import { rowsForm, stridedOf } from './strided-kernels.ts'

/** The kernels of a formula in one precision, by the places of its arrays. */
interface Known {
  readonly number: number
  readonly hasKernel: boolean
  readonly names: Map<string, string>
}

/** Point-wise passes, for formulas whose every operator has code in the precision of the arrays. */
export const pointwiseKernels: KernelSet = (host) => {
  const formulas = { 4: new WeakMap<Formula, Known>(), 8: new WeakMap<Formula, Known>() }
  let count = 0
  return [
    kernel(fused, (formula, inputs, outputs, parameters) => {
      const views = host.place(inputs.concat(outputs))
      if (views === null) return false
      const { bytes, shape } = views[0]!
      const precision = bytes === 4 ? single : double
      let known = formulas[bytes].get(formula)
      if (known === undefined) {
        known = { number: count++, hasKernel: hasKernel(formula, precision), names: new Map() }
        formulas[bytes].set(formula, known)
      }
      if (!known.hasKernel) return false
      const axes = axesOf(shape, views)
      const places = placesOf(views, axes, inputs.length)
      let key = ''
      for (const { layout, pointer } of places) key += layout + pointer
      let name = known.names.get(key)
      if (name === undefined) {
        name = `${formula.name} ${known.number} ${key}`
        known.names.set(key, name)
        stridedOf(host).functions(name, (shared) => formulaModule(formula, precision, places, shared))
      }
      const isPointer = (_: unknown, v: number): boolean => places[v]!.pointer === v
      const ownAxes = axes.map(({ length, steps }) => ({ length, steps: steps.filter(isPointer) }))
      stridedOf(host).run(name, 'run', rowsForm, views.filter(isPointer), ownAxes, parameters)
      return true
    }),
  ]
}

/** How the numbers of each view lie along the last axis, and which views lie in one place. */
function placesOf(views: readonly Placed[], axes: readonly Axis[], inputs: number): Place[] {
  const places: Place[] = []
  const steps = axes.at(-1)?.steps ?? []
  const moveTogether = (v: number, other: number): boolean => axes.every((axis) => axis.steps[v] === axis.steps[other])
  for (let v = 0; v < views.length; v++) {
    const { address, bytes } = views[v]!
    const step = steps[v] ?? 0
    const before = places[v - 1]
    if (before?.layout === 'pair') {
      places.push({ layout: 'other', pointer: before.pointer })
      continue
    }
    const isPair =
      step === 2 * bytes && v + 1 !== inputs && views[v + 1]?.address === address + bytes && moveTogether(v, v + 1)
    const layout: Layout = isPair ? 'pair' : step === bytes ? 'run' : step === 0 && v < inputs ? 'one' : 'steps'
    const same = places.findIndex(
      (place, other) => place.layout === layout && views[other]!.address === address && moveTogether(v, other),
    )
    places.push({ layout, pointer: same < 0 ? v : same })
  }
  return places
}
