import { expect, it, test } from 'vitest'
import { mnist } from './mnist.ts'
import { mnistSample } from './mnist-sample.ts'

const countsOf = (labels: Uint8Array) => {
  const counts = new Array<number>(10).fill(0)
  for (const label of labels) counts[label]++
  return counts
}

// Needs the real files: SCATTERLAB_DATA=FOLDER with FOLDER/mnist.
test.runIf(process.env['SCATTERLAB_DATA'])('MNIST in SCATTERLAB_DATA is the published one', async () => {
  const { train, test: testing, canonical, source } = await mnist({ download: false, cache: false })
  expect(canonical).toBe(true)
  expect(source).toMatch(/^MNIST: 60,000 training and 10,000 test images, from the folder/)
  // counts of the set's own page
  expect(countsOf(train.labels)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
  expect(countsOf(testing.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
  const sample = await mnistSample()
  expect(train.images.data.subarray(0, 784_000)).toEqual(sample.train.images.data)
  expect(testing.images.data.subarray(0, 784_000)).toEqual(sample.test.images.data)
})

it('stops before it begins when told to', async () => {
  await expect(mnist({ signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no')
})
