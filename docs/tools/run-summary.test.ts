import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Result, Row } from '@scatterlab/repro'
import { wholeRow } from '@scatterlab/repro'
import { describe, expect, test } from 'vitest'
import { lecture } from '../experiments/lecture.ts'
import { apps } from './present.ts'
import { type RunSummary, checkedSummary, fileOf, shortRow, summariesOf, summaryOf } from './run-summary.ts'
import { summaryPart, tablesOf } from './summary-part.ts'

const error = (method: string, trainingSize: number, count: number): Row =>
  wholeRow({
    measure: 'test error',
    method,
    settings: { trainingSize },
    value: count / 100,
    unit: '%',
    count,
    total: 10_000,
    paper: method === 'SVM' ? 0.43 : null,
  })

const result: Result = {
  app: 'mnist',
  slide: 'Digits',
  claim: '0.4 %',
  mode: 'full',
  seed: 1,
  backend: 'WebAssembly, 2 threads',
  data: 'MNIST, from the folder /home/somebody/data/mnist',
  protocol: 'J = 3; 1/2 of 3 images/s',
  seconds: 125,
  peakMemoryMB: 812,
  phases: {},
  rows: [error('SVM', 300, 415), error('ridge', 300, 424), error('SVM', 1000, 161), error('ridge', 1000, 173)],
  figures: [],
  files: [],
  startedAt: '2026-11-30T05:49:24.205Z',
  machine: { cpu: 'AMD EPYC', cores: 2, node: '24.21.0' },
}
const summary = summaryOf(result, { load: 'quiet' })

describe('the summary of a run', () => {
  test('says how its numbers came about, without a path', () => {
    expect(summary).toMatchObject({
      command: 'pnpm repro mnist --full --seed 1',
      date: '2026-11-30',
      from: 'run',
      repeats: 1,
      load: 'quiet',
      data: 'MNIST, from the folder mnist',
      protocol: result.protocol,
      rows: result.rows,
    })
    expect(fileOf(summary)).toBe('full.json')
  })

  test('of a recipe is named by it', () => {
    const { command, ...of } = summaryOf({ ...result, recipe: 'short' }, { load: 'quiet' })
    expect(command).toBe('pnpm repro mnist --recipe short --seed 1')
    expect(fileOf(of)).toBe('short.json')
  })

  test('is of a whole run of the experiment', () => {
    expect(() => summaryOf({ ...result, partial: true }, { load: 'quiet' })).toThrow('did not reach its end')
    expect(() => summaryOf({ ...result, weights: 'a.safetensors' }, { load: 'quiet' })).toThrow('a.safetensors')
  })

  test('is the same after it was written in short', () => {
    const written = JSON.stringify({ ...summary, rows: summary.rows.map(shortRow) })
    expect(written).not.toContain('null')
    expect(checkedSummary(JSON.parse(written), 'x')).toEqual(summary)
  })

  test.each<[string, Partial<Record<keyof RunSummary, unknown>>]>([
    ['x: mode is "half"', { mode: 'half' }],
    ['x: load is ""', { load: '' }],
    ['x: date is "yesterday"', { date: 'yesterday' }],
    ['x: rows is []', { rows: [] }],
    ['x names /home/somebody, a path of the machine', { note: 'see /home/somebody' }],
    ['x: a summary has no figures', { figures: [] } as object],
  ])('%s: it is none', (message, change) => {
    expect(() => checkedSummary({ ...summary, ...change }, 'x')).toThrow(message)
  })
})

describe('its tables', () => {
  test('have settings down and methods across where a measure has both', () => {
    expect(tablesOf(summary.rows)).toBe(
      [
        '| test error | SVM | ridge |',
        '| --- | --- | --- |',
        '| training size 300 | 4.15 % ± 0.20 (415 of 10,000); paper 0.43 % | 4.24 % ± 0.20 (424 of 10,000) |',
        '| training size 1,000 | 1.61 % ± 0.13 (161 of 10,000); paper 0.43 % | 1.73 % ± 0.13 (173 of 10,000) |',
      ].join('\n'),
    )
  })

  test('list the other rows, without columns that are empty, and keep signs of Markdown and HTML', () => {
    const rows = [
      { measure: 'A(ω)', method: '|x| <b> *', value: 0.5 },
      { measure: 'time', method: 'W_J', value: 2, unit: 's' },
    ]
    expect(tablesOf(rows.map(wholeRow))).toBe(
      [
        '| measure | method | measured |',
        '| --- | --- | --- |',
        '| A(ω) | \\|x\\| &#60;b&#62; &#42; | 0.5 |',
        '| time | W&#95;J | 2 s |',
      ].join('\n'),
    )
  })

  test('stand with their facts', () => {
    const part = summaryPart({ ...summary, from: 'README', machine: null, seconds: null })
    expect(part).toContain('### The full run')
    expect(part).toContain('- date: 2026-11-30, when it was written down; the run itself is no longer kept')
    expect(part).toContain('- machine: not kept; quiet')
    expect(part).toContain('- time: not kept; 812 MB at most')
  })
})

/** What a README says of its runs, and how the tables that its summaries give say it. */
const quoted: Readonly<Record<string, readonly (readonly [readme: string, tables: string])[]>> = {
  curse: [
    ['8.0 % (80 errors)', '8.00 % ± 0.86 (80 of 1,000)'],
    ['3.09 % (309)', '(309 of 10,000)'],
    ['**2.36 %**', '2.36 % ± 0.15 (236 of 10,000)'],
  ],
  linearization: [
    ['20.3 % (406)', '(406 of 2,000)'],
    ['**1.6 %** (31)', '(31 of 2,000)'],
    ['**0.90 %** (90)', '(90 of 10,000)'],
  ],
  alexnet: [
    ['30.52 % (3,052 errors of 10,000)', '30.52 % ± 0.46 (3,052 of 10,000)'],
    ['724,406,816', '724,406,816'],
  ],
  resnet: [
    ['37.56 % (3,756 errors)', '37.56 % ± 0.48 (3,756 of 10,000)'],
    ['60,192,808', '60.19 million'],
  ],
  'scene-labelling': [
    ['64.98 %', '64.98 %'],
    ['77.37 %', '77.37 %'],
  ],
  symmetries: [
    ['3.15 % errors', '3.15 % ± 0.17 (315 of 10,000)'],
    ['0.27‖x‖', '0.27'],
    ['0.87 % errors', '(87 of 10,000)'],
  ],
  'simplified-network': [
    ['**0.66 %** (66 errors)', '(66 of 10,000)'],
    ['**1.58 %** (158)', '1.58 % ± 0.12 (158 of 10,000)'],
    ['198, 240 and 158 errors', '(198 of 10,000)'],
  ],
  'morlet-families': [
    ['1.0136 (1.014)', '1.014'],
    ['0.395 to 1.209', '1.209'],
  ],
  'wavelet-transform': [
    ['| 80.2 % |', '80.21 %'],
    ['27.6 dB', '27.61 dB'],
    ['36.5 dB', '36.46 dB'],
  ],
  'scattering-properties': [
    ['**99.96 %**', '99.96 %'],
    ['**0.387**', '0.3865'],
  ],
  mnist: [
    ['4.64 % (464)', '(464 of 10,000)'],
    ['**0.68 %** (68)', '(68 of 10,000)'],
    ['351, 227 and 158', '(351 of 10,000)'],
  ],
  textures: [
    ['**99.44 ± 0.36**', '99.44 %'],
    ['46.3 (380 of 820)', '(380 of 820)'],
    ['**88.28 ± 1.79**', '88.28 %'],
    ['| 81.61 ± 3.17 |', '81.61 %'],
  ],
  reconstruction: [
    ['30.7 dB', '30.74 dB'],
    ['55.7 dB', '55.7'],
    ['36.3 dB', '36.32 dB'],
    ['64.0 dB', '64.03'],
  ],
  'texture-synthesis': [
    ['**23.3**', '23.29'],
    ['| 1.3 % |', '0.01256'],
    ['**7.3**', '7.253'],
  ],
  cifar10: [
    ['25.6 % (511 errors)', '(511 of 2,000)'],
    ['13.25 % (265 errors of 2,000', '(265 of 2,000)'],
    ['1,939 errors', '(1,939 of 10,000)'],
    ['(1,688)', '(1,688 of 10,000)'],
    ['**77.6 ± 3.7 %**', '77.61 %'],
    ['59.5 ± 6.0 %', '59.49 %'],
  ],
  dcgan: [['13.4 %', '(1,335 of 10,000)']],
  contraction: [
    ['64.0', '64.00 % ± 1.52 (640 of 1,000)'],
    ['**4.4**', '4.40 % ± 0.65 (44 of 1,000)'],
  ],
  'roto-translation': [
    ['7.65 % (153)', '(153 of 2,000)'],
    ['**3.30 %** (1,650)', '3.30 % ± 0.08 (1,650 of 50,000)'],
  ],
  audio: [
    ['**1.00 %** (3)', '1.00 % ± 0.57 (3 of 300)'],
    ['13.7, 7.0, 7.0 and 12.3 %', '13.67 % ± 1.98 (41 of 300)'],
  ],
  'support-vectors': [
    ['10.0 %; 4.9 %', '(19 of 190)'],
    ['| **23** |', '(23 of 1,000)'],
  ],
}

describe.each(lecture)('$name', ({ name }) => {
  test('keeps a summary of its quick run, and says in its README what its summaries say', () => {
    const kept = summariesOf(name)
    expect(kept.map(({ mode }) => mode)).toContain('quick')
    const readme = readFileSync(join(apps, name, 'README.md'), 'utf8')
    const tables = kept.map(({ rows }) => tablesOf(rows)).join('\n')
    expect(quoted[name]?.length).toBeGreaterThan(0)
    for (const [inReadme, inTables] of quoted[name]!) {
      expect(readme).toContain(inReadme)
      expect(tables).toContain(inTables)
    }
  })
})
