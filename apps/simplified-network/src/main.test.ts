import { loadWeights } from '@scatterlab/nn'
import { type Result, memoryCheckpoints, runExperiment } from '@scatterlab/repro'
import { expect, it } from 'vitest'
import app from './main.ts'
import { convNet } from './networks.ts'

const few = { trainingSize: 200, passes: 2 }
const tiny = { ...app, budgets: { quick: few, full: few } }

const rowsOf = ({ rows }: Result, measure: string) => rows.filter((row) => row.measure === measure)

it('goes through all its steps on the embedded sample, interrupted and resumed', { timeout: 120_000 }, async () => {
  const controller = new AbortController()
  const options = { dataFolder: 'sample', seed: 1, png: false, checkpoints: memoryCheckpoints() }
  const interrupted = await runExperiment(tiny, {
    ...options,
    signal: controller.signal,
    onEvent: (event) => void (event.type === 'log' && event.line.startsWith('tree: pass 1') && controller.abort()),
  })
  expect(interrupted.partial).toBe(true)
  const files = new Map<string, Uint8Array>()
  const result = await runExperiment(tiny, {
    ...options,
    resume: true,
    onEvent: (event) => void (event.type === 'file' && files.set(event.name, event.content as Uint8Array)),
  })
  expect(result.resumed).toBe(true)
  expect(result.partial).toBeUndefined()
  expect(result.note).toContain('not the slide’s set')
  expect(rowsOf(result, 'parameters of Φ').map(({ value }) => value)).toEqual([200_208, 6_708, 0])

  const errors = rowsOf(result, 'test error')
  expect(errors.map(({ method }) => method)).toEqual(['full network', 'tree', 'wavelet tree', 'tree'])
  expect(errors.every(({ total, slide, paper }) => total === 1_000 && slide === null && paper === null)).toBe(true)
  // what was measured before the interruption is measured again from the checkpoint
  expect(errors[0]).toEqual(rowsOf(interrupted, 'test error')[0])
  // 200 digits and eight steps: better than chance by far for the wavelets
  expect(errors[2].value).toBeLessThan(60)

  expect(rowsOf(result, 'largest change of an average by ρ = |·|').every(({ value }) => value < 1e-5)).toBe(true)
  expect(rowsOf(result, 'energy changed by ρ')).toHaveLength(6)
  expect(errors[3].settings.without).toMatch(/ρ at \d+ maps/)
  expect(result.figures.map(({ name }) => name)).toEqual(['graphs', 'rho', 'first-filters'])
  expect([...files.keys()]).toEqual(['full-network', 'tree', 'wavelet-tree'].map((name) => `${name}.safetensors`))
  expect(loadWeights(convNet('one channel'), files.get('tree.safetensors')!).parameters['conv3.weight'].shape).toEqual([
    216, 1, 5, 5,
  ])
})
