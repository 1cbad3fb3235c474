import { reference } from '@scatterlab/tensor'
import { functionsOf, type RightCall, wrongArguments } from '@scatterlab/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import * as repro from './index.ts'
import * as page from './page.ts'

beforeAll(() => {
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('postMessage', () => {})
})
afterAll(() => vi.unstubAllGlobals())

const signal = new AbortController().signal
const declaration = () => ({
  name: 'wrong',
  slide: 'A Slide',
  claim: 'a claim',
  budgets: { quick: 1, full: 1 },
  recipes: { published: 1 },
  backends: {},
  run: async () => {},
  classify: async () => {},
})
const result = await repro.runExperiment(declaration())
const row = { measure: 'm', method: 'n', settings: {}, value: 1, unit: '', count: 1, total: 2, slide: 1, paper: 1 }
const { value: _, unit: __, ...errors } = row
const numbers = { value: ['large'], count: ['large'], total: ['large'], slide: ['large'], paper: ['large'] }
const texts = { measure: ['text'], method: ['text'], unit: ['text'], settings: ['foreign'] }
const shared = {
  mode: 'quick',
  seed: 1,
  backend: 'reference',
  resume: false,
  checkpoints: repro.memoryCheckpoints(),
  signal,
  onEvent: () => {},
}
/** The run of a worker that answers at once. */
const worker = () => {
  const heard: ((event: object) => void)[] = []
  const say = (data: object) => setTimeout(() => heard.forEach((hear) => hear({ data })))
  return {
    addEventListener: (type: string, hear: (event: object) => void) => type === 'message' && heard.push(hear),
    postMessage: ({ type }: { type: string }) => say(type === 'hello' ? { type: 'ready' } : { type: 'result', result }),
    terminate: () => {},
  }
}

const calls: Readonly<Record<string, RightCall>> = {
  duration: { args: () => [1], takes: { 0: ['large'] } },
  errorRow: { args: () => [errors], takes: { ...texts, slide: ['large'], paper: ['large'], total: ['large'] } },
  experiment: {
    args: () => [declaration()],
    takes: { name: ['text'], slide: ['text'], claim: ['text'], recipes: ['foreign'] },
  },
  grouped: { args: () => [1], takes: { 0: ['large'] } },
  ledger: { args: () => [] },
  measured: { args: () => [row], takes: { ...texts, ...numbers, count: [] } },
  memoryCheckpoints: { args: () => [] },
  published: { args: () => [1, '%'], takes: { 0: ['large'], 1: ['text'] } },
  reportClassified: {
    args: () => [
      { row: () => {}, file: () => {} },
      { method: 'n', files: ['a/b.png', 'a/c.png'], skipped: [{ index: 1 }], outputs: [1, 2], classes: ['a', 'c'] },
    ],
    takes: { method: ['text'] },
  },
  report: { args: () => [result], options: false },
  runExperiment: {
    args: () => [
      declaration(),
      {
        ...shared,
        recipe: 'published',
        weights: { file: 'a', bytes: new Uint8Array() },
        dataFolder: '.',
        interrupted: () => false,
        png: false,
        machine: { cpu: 'x', cores: 1, node: null },
        peakMemoryMB: () => 1,
      },
    ],
    takes: { seed: ['large'], dataFolder: ['text'] },
  },
  runInPage: {
    args: () => [worker(), { ...shared, data: 'sample' }],
    takes: { seed: ['large'], data: ['text'], backend: ['text'] },
  },
  serveExperiment: {
    args: () => [declaration()],
    takes: { name: ['text'], slide: ['text'], claim: ['text'], recipes: ['foreign'] },
  },
  settingsInWords: { args: () => [{ a: 1 }], options: false, takes: { 0: ['foreign'] } },
  standardError: { args: () => [row], takes: { ...texts, ...numbers, count: [] } },
  trainingHost: {
    args: () => [
      {
        backend: reference,
        seed: 1,
        signal,
        progress: {},
        log: () => {},
        output: {},
        checkpoint: async () => undefined,
      },
      'net',
      10,
      { every: 1, tell: true, onLoss: () => {} },
    ],
    takes: { 1: ['text'], 2: ['large'], every: ['large'] },
  },
  wholeRow: { args: () => [row], takes: { ...texts, ...numbers, count: [] } },
}

const functions = functionsOf({ ...repro, ...page })

it('a wrong argument is tried on every function there is', () => {
  expect(Object.keys(calls).sort()).toEqual(functions.map(([name]) => name).sort())
})

it.each(functions)('a wrong argument of %s gives an error of this project', async (name, f) => {
  expect(await wrongArguments(f, calls[name])).toEqual([])
})
