// Element-wise operations and reductions of arrays larger than the caches, as a share of a copy's bandwidth.
import { copy, reduce } from '@scatterlab/tensor/operations'
import { add, empty, mul, relu } from '@scatterlab/tensor'
import { type Group, noiseTensor } from './context.ts'

const LENGTH = 2 ** 24

/** GB/s moved. */
export const elementwise: Group = async function* ({ backend }) {
  const [a, b] = [noiseTensor([LENGTH], backend), noiseTensor([LENGTH], backend)]
  const out = empty([LENGTH], { backend })
  const total = empty([1], { backend })
  const rows = noiseTensor([LENGTH / 1024, 1024], backend)
  const means = empty([1, 1024], { backend })
  const list = [
    { name: 'copy', arrays: 2, ours: () => copy(backend, a, out) },
    { name: 'add', arrays: 3, ours: () => add.into(out, a, b) },
    { name: 'multiply', arrays: 3, ours: () => mul.into(out, a, b) },
    { name: 'relu', arrays: 2, ours: () => relu.into(out, a) },
    { name: 'sum', arrays: 1, ours: () => reduce(backend, 'sum', a, [0], total) },
    { name: 'sum of columns', arrays: 1, ours: () => reduce(backend, 'sum', rows, [0], means) },
  ]
  for (const { name, arrays, ours } of list) {
    const bytes = arrays * 4 * LENGTH
    yield {
      group: 'elementwise',
      name: `${name}, ${LENGTH / 2 ** 20} Mi numbers`,
      unit: 'GB/s',
      units: bytes / 1e9,
      bytes,
      ours,
    }
  }
}
