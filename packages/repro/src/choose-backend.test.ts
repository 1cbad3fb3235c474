import { reference } from '@scatterlab/tensor'
import type { Backend } from '@scatterlab/tensor'
import { expect, test } from 'vitest'
import { chooseBackend, describeBackend } from './choose-backend.ts'

const fast: Backend = { ...reference, name: 'wasm', description: 'SIMD, 2 threads' }
const works = async (): Promise<Backend> => fast
const fails = (): Promise<Backend> => Promise.reject(new Error('no SIMD in this engine\nat line 1'))

test('the first that works runs, and the reasons of those before it are given', async () => {
  expect(await chooseBackend({ wasm: works })).toEqual({ backend: fast, passedOver: [] })
  expect(await chooseBackend({ gpu: fails, wasm: works })).toEqual({
    backend: fast,
    passedOver: ['back end gpu does not run here: no SIMD in this engine'],
  })
})

test('the reference runs when nothing else does', async () => {
  expect((await chooseBackend({ gpu: fails })).backend).toBe(reference)
  expect((await chooseBackend()).backend).toBe(reference)
})

test('what is wanted runs, even where another would come first', async () => {
  expect((await chooseBackend({ gpu: works, wasm: works }, 'reference')).backend).toBe(reference)
  expect((await chooseBackend({ gpu: fails, wasm: works }, 'wasm')).backend).toBe(fast)
})

test('what is wanted and cannot run is refused, never replaced', async () => {
  await expect(chooseBackend({ wasm: fails }, 'wasm')).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message:
      'back end wasm does not run here (no SIMD in this engine): ' +
      'use --backend reference, or leave --backend out for the fastest that works',
  })
  await expect(chooseBackend({ wasm: works }, 'gpu')).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining('this experiment does not run on back end gpu: use --backend wasm') as string,
  })
})

test('a name that no back end has is a slip of the user', async () => {
  await expect(chooseBackend({ wasm: works }, 'wsam')).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: "there is no back end 'wsam', only wasm, reference. Did you mean wasm?",
  })
  await expect(chooseBackend({ wasm: works }, 'toString')).rejects.toMatchObject({ code: 'BAD_OPTION' })
})

test('the description names what was left to the reference', () => {
  const declined = new Map([
    ['fft', 12],
    ['pad', 0],
    ['average', 1],
  ])
  expect(describeBackend(fast)).toBe('wasm: SIMD, 2 threads')
  expect(describeBackend({ ...fast, declined })).toBe(
    'wasm: SIMD, 2 threads; left to the reference: fft ×12, average ×1',
  )
})
