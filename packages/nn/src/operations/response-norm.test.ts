import { type ResponseNormOptions } from '@scatterlab/tensor/operations'
import { checkOp, expectClose } from '@scatterlab/testing'
import fc from 'fast-check'
import { it } from 'vitest'
import { respondedTo } from './naive.test.oracle.ts'
import { listed, numbers } from './numbers.test.data.ts'
import { responseNorm } from './response-norm.ts'

const options = fc.record({
  channels: fc.integer({ min: 1, max: 7 }),
  half: fc.integer({ min: 0, max: 3 }),
  alpha: fc.double({ min: 0, max: 2, noNaN: true }),
  beta: fc.constantFrom(0.5, 0.75, 1, 0.3),
  k: fc.option(fc.double({ min: 0.5, max: 3, noNaN: true }), { nil: undefined }),
  convention: fc.constantFrom('paper' as const, 'caffe' as const),
  seed: fc.integer({ min: 1, max: 99 }),
})

it('is x·(k + α Σ x²)^−β in either convention, with the gradient that this has', () => {
  fc.assert(
    fc.property(options, ({ channels, half, alpha, beta, k, convention, seed }) => {
      const size = 2 * half + 1
      const x = numbers([2, channels, 2, 3], seed)
      const [factor, constant] = convention === 'paper' ? [alpha, 2] : [alpha / size, 1]
      checkOp((a) => responseNorm(a, { size, alpha, beta, convention, ...(k !== undefined && { k }) }), {
        inputs: [x],
        value: respondedTo(x, size, factor, beta, k ?? constant),
        shape: [2, channels, 2, 3],
        gradient: { directions: 1, seed },
      })
    }),
    { numRuns: 100 },
  )
})

it('conventions agree where k is the same and α is scaled by the size', () => {
  const x = numbers([1, 6, 2, 2], 1)
  const paper: ResponseNormOptions = { size: 5, alpha: 1e-4, beta: 0.75, k: 1 }
  expectClose(responseNorm(x, paper), listed(responseNorm(x, { ...paper, alpha: 5e-4, convention: 'caffe' })), {
    relative: 1e-15,
  })
})
