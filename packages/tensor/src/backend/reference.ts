// The plain-TypeScript back end: it runs the reference of every operation. Its buffers are typed arrays, its sums are in double
// precision, and it declines nothing.
import { type RealArray, type RealDType, dtypeOf, realArray } from '../array/dtype.ts'
import type { Backend, Buffer, View } from './backend.ts'
import { dataOf } from './host.ts'

const hostBuffer = (data: RealArray): Buffer => ({ dtype: dtypeOf(data), length: data.length, data })

/** The reference back end. */
export const reference: Backend = {
  name: 'reference',
  description: 'plain TypeScript, one thread, sums in double precision',
  lanes: 64,
  laneStep: 1,
  declined: new Map(),
  allocate: (dtype: RealDType, length: number) => hostBuffer(realArray(dtype, length)),
  adopt: hostBuffer,
  release: () => {},
  read: async (buffer) => dataOf(buffer).slice(),
  run: (operation, args) => operation.reference(...args),
  forEachGroup: (input, output, size, body) => {
    for (let start = 0; start < input.shape[0]; start += size) {
      const count = Math.min(size, input.shape[0] - start)
      body(items(input, start, count), items(output, start, count))
    }
  },
}

function items(view: View, start: number, count: number): View {
  return { ...view, shape: [count, ...view.shape.slice(1)], offset: view.offset + start * view.strides[0] }
}
