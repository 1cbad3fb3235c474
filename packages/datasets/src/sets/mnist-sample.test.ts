import { expect, it } from 'vitest'
import { sha256 } from '../files/sha256.ts'
import { mnistSample } from './mnist-sample.ts'

const countsOf = (labels: Uint8Array) =>
  Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length)

it('is the first 1,000 digits of each part of MNIST', async () => {
  const { train, test, source } = await mnistSample()
  expect(train.images.shape).toEqual([1000, 28, 28])
  expect(test.images.shape).toEqual([1000, 28, 28])
  expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
  expect([...test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
  // counted in the published label files by another program
  expect(countsOf(train.labels)).toEqual([97, 116, 99, 93, 105, 92, 94, 117, 87, 100])
  expect(countsOf(test.labels)).toEqual([85, 126, 116, 107, 110, 87, 87, 99, 89, 94])
  expect(await sha256(train.images.data.slice())).toBe(
    '2304e0137aea1f236247daacc2dcaf275996895e40c4bb0760c448434d361d1a',
  )
  expect(await sha256(test.images.data.slice())).toBe(
    'f8f3c5a608a9f7d4bd5e9d69b90c53932b8b99371d9db26121b42f62f3abcd56',
  )
  expect(source).toMatch(/sample/)
})
