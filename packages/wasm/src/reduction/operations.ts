// Reductions on the heap: where a reduced axis or a kept one is contiguous. Complex numbers: sums.
import { kernel } from '@scatterlab/tensor'
import { reduce } from '@scatterlab/tensor/operations'
import { copyOn } from '../elementwise/copies.ts'
import { axesOf, forEachIndex, innermost } from '../elementwise/strided.ts'
import { stridedOf } from '../elementwise/strided-kernels.ts'
import type { KernelSet, Placed } from '../host.ts'
import { double, single } from '../assembler/precision.ts'
import type { Address } from '../memory/heap.ts'
import { COLUMN_SCRATCH, reductionModule } from './reduction.ts'

/** Reductions of views of one precision. */
export const reductionKernels: KernelSet = (host) => {
  let room: Address = 0
  const scratch = (): Address => (room ||= host.heap.allocateUnscoped(COLUMN_SCRATCH))

  return [
    kernel(reduce, (op, x, axes, out) => {
      const views = host.place([x, out])
      if (views === null || views[0]!.bytes !== views[1]!.bytes) return false
      const [from, to] = views as [Placed, Placed]
      if (from.shape.includes(0)) return false
      const without = (view: Placed, keep: (axis: number) => boolean): Placed => ({
        ...view,
        shape: view.shape.filter((_, axis) => keep(axis)),
        strides: view.strides.filter((_, axis) => keep(axis)),
      })
      const isReduced = (axis: number): boolean => axes.includes(axis)
      const kept = [from, to].map((view) => without(view, (axis) => !isReduced(axis)))
      const reduced = without(from, isReduced)
      const keptAxes = axesOf(kept[0]!.shape, kept)
      const reducedAxes = axesOf(reduced.shape, [reduced])
      if (reducedAxes.length === 0) return copyOn(host, x, out)
      if (reducedAxes.length > 2) return false
      const { inner } = innermost(reducedAxes, 2, 1)
      const kernels = stridedOf(host).functions(`reduction${from.bytes}`, (shared) =>
        reductionModule(from.bytes === 4 ? single : double, shared),
      )
      const starts = [from.address, to.address]
      if (inner[1]!.steps[0] === from.bytes) {
        const {
          outer,
          inner: [last],
        } = innermost(keptAxes, 1, 2)
        forEachIndex(outer, starts, ([a, o]) =>
          kernels[`rows_${op}`]!(
            last!.length,
            last!.steps[0]!,
            last!.steps[1]!,
            inner[0]!.length,
            inner[0]!.steps[0]!,
            inner[1]!.length,
            a!,
            o!,
          ),
        )
        return true
      }
      const last = keptAxes.at(-1)
      if (last === undefined || last.steps.some((step) => step !== from.bytes)) return false
      forEachIndex(keptAxes.slice(0, -1), starts, ([a, o]) =>
        kernels[`columns_${op}`]!(
          inner[0]!.length,
          inner[0]!.steps[0]!,
          inner[1]!.length,
          inner[1]!.steps[0]!,
          last.length,
          a!,
          o!,
          scratch(),
        ),
      )
      return true
    }),
  ]
}
