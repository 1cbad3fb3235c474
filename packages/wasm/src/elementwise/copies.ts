// Copies on the heap: from any strides and precision to any.
import { type View, kernel } from '@scatterlab/tensor'
import { copy } from '@scatterlab/tensor/operations'
import type { Host, KernelSet } from '../host.ts'
import { copyingModule } from './copying.ts'
import { axesOf } from './strided.ts'
import { rowsForm, stridedOf } from './strided-kernels.ts'

/** Copies, all of them. */
export const copyKernels: KernelSet = (host) => [kernel(copy, (x, out) => copyOn(host, x, out))]

/** out ← x; false where a view is not in the heap. */
export function copyOn(host: Host, x: View, out: View): boolean {
  const views = host.place([x, out])
  if (views === null) return false
  const [from, to] = views
  const name = from!.bytes === to!.bytes ? `copy${from!.bytes}` : from!.bytes === 4 ? 'widen' : 'narrow'
  stridedOf(host).functions('copying', copyingModule)
  const axes = axesOf(to!.shape, views)
  // Where x runs along another axis than out, the two become the inner ones.
  const across = axes.findIndex(({ steps }, i) => i < axes.length - 1 && steps[0] === 4)
  const transposes = name === 'copy4' && across >= 0 && axes.at(-1)!.steps[1] === 4
  if (transposes) axes.splice(axes.length - 2, 0, ...axes.splice(across, 1))
  stridedOf(host).run('copying', transposes ? 'transpose4' : name, rowsForm, views, axes)
  return true
}
