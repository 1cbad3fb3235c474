// A whole scattering transform in a page on the WebAssembly back end, beside the reference: two packages that never import each
// other, composed as an app composes them.
import { scattering2d } from '@scatterlab/scattering'
import { random } from '@scatterlab/tensor'
import { createWasmBackend } from '@scatterlab/wasm'
import { expectClose } from '@scatterlab/testing'
import { describe, expect, inject, it } from 'vitest'

const noise = (length: number): Float32Array => random(1).fillNormal(new Float32Array(length)) as Float32Array

describe.each([{ deterministic: false }, { deterministic: true }])('scattering in a page, %o', (options) => {
  it.each([
    { shape: [32, 32], scales: 2, batch: 9, mayDecline: [] },
    { shape: [28, 28], scales: 3, batch: 4, mayDecline: [] },
    { shape: [33, 47], scales: 2, batch: 2, orientations: 3, mayDecline: ['spectrum', 'waveletModulus'] },
  ] as const)('%o', async ({ batch, mayDecline, ...transform }) => {
    const backend = createWasmBackend({ ...options, threads: 2 })
    await backend.start()
    expect(backend.description).toMatch(
      inject('isolated') ? /2 threads$/ : /one thread \(memory cannot be shared here\)$/,
    )
    const images = { data: noise(batch * transform.shape[0] * transform.shape[1]), shape: [batch, ...transform.shape] }
    const { data, shape } = scattering2d({ ...transform, backend }).transform(images)
    const expected = scattering2d(transform).transform(images)
    expect(shape).toEqual(expected.shape)
    // Single precision: a few roundings of values up to 1, through four transforms of a thousand points.
    expectClose(data, expected.data, { absolute: 1e-6 })
    expect(mayDecline).toEqual(expect.arrayContaining([...backend.declined.keys()]))
    backend.close()
  })
})
