import { expect, test } from 'vitest'
import { report } from './report.ts'
import type { Result } from './result.ts'
import { errorRow } from './row.ts'
import { summary } from './summary.ts'

const result: Result = {
  app: 'mnist',
  slide: 'Digit Classification: MNIST',
  claim: '0.4 % error with a scattering transform and a classifier, without learned features',
  mode: 'full',
  seed: 1,
  backend: 'wasm: SIMD, 2 threads; left to the reference: matmul ×3',
  data: 'MNIST, 60,000 training and 10,000 test digits, from the folder data/mnist',
  protocol:
    'scattering J = 3, L = 8, order 2 of digits padded to 32×32; components by validation on a fifth of the training set',
  seconds: 1325.4,
  peakMemoryMB: 2871.4,
  phases: { scattering: 1201.2, fitting: 118 },
  rows: [
    errorRow({ method: 'PCA-affine', settings: { trainingSize: 300 }, count: 466, total: 10_000, paper: 4.7 }),
    errorRow({
      method: 'PCA-affine',
      settings: { trainingSize: 60_000 },
      count: 77,
      total: 10_000,
      slide: 0.4,
      paper: 0.43,
    }),
    {
      measure: 'throughput',
      method: 'scattering',
      settings: {},
      value: 58.2713,
      unit: 'images/s',
      count: null,
      total: null,
      slide: null,
      paper: null,
    },
  ],
  figures: [
    { name: 'error-curve', caption: 'Error against the training size.' },
    { name: 'misclassified', caption: '' },
  ],
  files: ['weights.bin'],
  startedAt: '2026-11-23T10:00:00.000Z',
  machine: { cpu: 'abacus', cores: 2, node: '24.21.0' },
}
const quick: Result = { ...result, mode: 'quick', note: 'The embedded sample: pass --data for the whole set.' }

test('the summary of a full run', () => {
  expect(summary(result, { places: 'in results/mnist (report.md, result.json)' })).toBe(
    `mnist: Digit Classification: MNIST (full)
Claim: 0.4 % error with a scattering transform and a classifier, without learned features
┌────────────┬────────────┬──────────────────────┬───────┬────────┬───────────────────────────────┐
│ measure    │ method     │ settings             │ slide │ paper  │ measured                      │
├────────────┼────────────┼──────────────────────┼───────┼────────┼───────────────────────────────┤
│ test error │ PCA-affine │ training size 300    │ –     │ 4.7 %  │ 4.66 % ± 0.21 (466 of 10,000) │
│ test error │ PCA-affine │ training size 60,000 │ 0.4 % │ 0.43 % │ 0.77 % ± 0.09 (77 of 10,000)  │
│ throughput │ scattering │                      │ –     │ –      │ 58.27 images/s                │
└────────────┴────────────┴──────────────────────┴───────┴────────┴───────────────────────────────┘
protocol     scattering J = 3, L = 8, order 2 of digits padded to 32×32; components by validation on
             a fifth of the training set
data         MNIST, 60,000 training and 10,000 test digits, from the folder data/mnist
seed         1
back end     wasm: SIMD, 2 threads; left to the reference: matmul ×3
time         22 min 05 s (scattering 20 min 01 s, fitting 1 min 58 s)
peak memory  2,871 MB
machine      abacus, 2 cores, Node 24.21.0
results      in results/mnist (report.md, result.json)`,
  )
})

test('a quick or interrupted run, and a note, are said before the numbers', () => {
  const head = (of: Result) => summary(of).split('┌')[0]?.split('\n').slice(2, -1)
  expect(head(quick)).toEqual([
    "A quick run, not the slide's result; --full follows the slide.",
    'The embedded sample: pass --data for the whole set.',
  ])
  expect(head({ ...result, partial: true })).toEqual(['Interrupted: these are partial results.'])
  expect(head({ ...result, partial: true, error: 'disk full' })).toEqual([
    'Stopped by an error; these are partial results. disk full',
  ])
})

test('a resumed run says that its time is not of one run', () => {
  expect(summary({ ...result, resumed: true })).toContain(
    'time         22 min 05 s with the interrupted run (scattering 20 min 01 s, fitting 1 min 58 s)\n',
  )
})

test('a run without a number says so', () => {
  const text = summary({
    ...result,
    rows: [],
    data: null,
    protocol: null,
    peakMemoryMB: null,
    backend: null,
    phases: {},
  })
  expect(text).toContain('Nothing was measured.')
  expect(text).toContain('data         not known yet')
  expect(text).toContain('peak memory  not known')
})

test('100 columns are enough, also for long settings', () => {
  const settings = { trainingSize: 60_000, components: 'by validation inside the training set', maxOrder: 2 }
  const rows = [errorRow({ measure: 'validation error', method: 'multinomial logistic', settings, count: 1, total: 9 })]
  const widths = summary({ ...quick, rows })
    .split('\n')
    .map((line) => line.length)
  expect(Math.max(...widths)).toBeLessThanOrEqual(100)
})

test('the report holds the same in Markdown, with its figures beside it', () => {
  expect(report(quick)).toBe(`# mnist: Digit Classification: MNIST

Claim: 0.4 % error with a scattering transform and a classifier, without learned features

**A quick run, not the slide's result; --full follows the slide.**

**The embedded sample: pass --data for the whole set.**

| measure | method | settings | slide | paper | measured |
| --- | --- | --- | --- | --- | --- |
| test error | PCA-affine | training size 300 | – | 4.7 % | 4.66 % ± 0.21 (466 of 10,000) |
| test error | PCA-affine | training size 60,000 | 0.4 % | 0.43 % | 0.77 % ± 0.09 (77 of 10,000) |
| throughput | scattering |  | – | – | 58.27 images/s |

- protocol: scattering J = 3, L = 8, order 2 of digits padded to 32×32; components by validation on a fifth of the training set
- data: MNIST, 60,000 training and 10,000 test digits, from the folder data/mnist
- seed: 1
- back end: wasm: SIMD, 2 threads; left to the reference: matmul ×3
- time: 22 min 05 s (scattering 20 min 01 s, fitting 1 min 58 s)
- peak memory: 2,871 MB
- machine: abacus, 2 cores, Node 24.21.0
- mode: quick
- started: 2026-11-23T10:00:00.000Z

![Error against the training size.](error-curve.svg)

Error against the training size.

![misclassified](misclassified.svg)

Files: [weights.bin](weights.bin)
`)
})
