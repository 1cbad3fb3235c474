// Scattering of signals and joint scattering on WebAssembly: the numbers and the gradients of the reference, on one thread and two, by kernels
// alone.
import { scattering1d, timeFrequencyScattering } from '@scatterlab/scattering'
import { type Backend, random } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { createWasmBackend } from '@scatterlab/wasm'
import { afterAll, describe, expect, it } from 'vitest'

const length = 600
const signals = { data: random(1).fillNormal(new Float32Array(5 * length)) as Float32Array, shape: [5, length] }
const threads = [1, 2].map((count) => createWasmBackend({ threads: count }))
afterAll(() => threads.forEach((backend) => backend.close()))

const options = { length, scales: 5, waveletsPerOctave: 4 }
const transforms = {
  'scattering1d, in lines of their own': (backend?: Backend) =>
    scattering1d({ ...options, ...(backend && { backend }) }),
  'sampled by bandwidth': (backend?: Backend) =>
    scattering1d({ ...options, sampling: 'bandwidth', averaging: 'global', ...(backend && { backend }) }),
  'of short signals, side by side': (backend?: Backend) =>
    scattering1d({ ...options, padding: 'periodic', ...(backend && { backend }) }),
  'joint in time and log-frequency': (backend?: Backend) =>
    timeFrequencyScattering({ ...options, frequencyScales: 2, ...(backend && { backend }) }),
  'joint, averaged over all': (backend?: Backend) =>
    timeFrequencyScattering({
      ...options,
      frequencyScales: 2,
      averaging: 'global',
      frequencyAveraging: 'global',
      ...(backend && { backend }),
    }),
}

describe.each(Object.entries(transforms))('%s', (_, make) => {
  const expected = make().transform(signals)
  const gradient = make().gradient(signals, expected)

  it.each(threads)('has the numbers of the reference: $description', (backend) => {
    const transform = make(backend)
    // at the second call groups are run from what was noted down at the first
    for (const _call of [1, 2]) {
      expectClose(transform.transform(signals).data, expected.data, { ofLargest: 2e-6 })
      expectClose(transform.gradient(signals, expected).data, gradient.data, { ofLargest: 1e-5 })
    }
    expect([...backend.declined]).toEqual([])
    transform.dispose()
  })
})
