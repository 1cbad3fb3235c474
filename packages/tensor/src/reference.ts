// The plain-TypeScript back end: the specification that every accelerated one is proven against. Its buffers are typed
// arrays, its sums are in double precision, and it declines nothing.
import type { Backend, Buffer, View } from './backend.ts'
import { type RealArray, type RealDType, dtypeOf, realArray } from './dtype.ts'
import { copy, dataOf, map, zip } from './reference/elementwise.ts'
import { fft } from './reference/fourier.ts'
import { matmul } from './reference/matmul.ts'
import { networkOperations } from './reference/network.ts'
import { reduce } from './reference/reduction.ts'
import { averageAdjoint, padAdjoint, spectrumAdjoint, waveletModulusAdjoint } from './reference/scattering-adjoints.ts'
import { average, pad, spectrum, waveletModulus } from './reference/scattering.ts'

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
  copy,
  map,
  zip,
  reduce,
  matmul,
  fft,
  pad,
  spectrum,
  waveletModulus,
  average,
  padAdjoint,
  spectrumAdjoint,
  waveletModulusAdjoint,
  averageAdjoint,
  ...networkOperations,
  forEachGroup: (input, output, size, body) => {
    for (let start = 0; start < input.shape[0]; start += size) {
      const count = Math.min(size, input.shape[0] - start)
      body(items(input, start, count), items(output, start, count))
    }
  },
}

function items(view: View, start: number, count: number): View {
  const { buffer, dtype, shape, strides, offset, imagStride } = view
  return { buffer, dtype, shape: [count, ...shape.slice(1)], strides, offset: offset + start * strides[0], imagStride }
}
