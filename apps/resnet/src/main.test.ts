import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadWeights } from '@scatterlab/nn'
import { type Result, type RunEvent, memoryCheckpoints, runExperiment } from '@scatterlab/repro'
import { random } from '@scatterlab/tensor'
import { fewOfCifar10 } from '@scatterlab/testing/few-cifar10'
import { describe, expect, it, onTestFinished } from 'vitest'
import { weightsFile } from './classify.ts'
import resnet from './main.ts'
import { cifarResNet } from './resnet.ts'

const rowOf = ({ rows }: Pick<Result, 'rows'>, measure: string, method = 'ResNet-20') => {
  const row = rows.find((r) => r.measure === measure && r.method === method)
  if (!row) throw new Error(`no row ${measure}, ${method}`)
  return row
}

describe('without CIFAR-10', () => {
  it('counts the 152 layers, then says how to get the images, and puts nothing in their place', async () => {
    const events: RunEvent[] = []
    const running = runExperiment(resnet, {
      dataFolder: import.meta.dirname,
      png: false,
      onEvent: (e) => void events.push(e),
    })
    await expect(running).rejects.toThrow(
      /put its six \.bin files .* into FOLDER\/cifar10 and give an app --data FOLDER/,
    )
    const rows = events.flatMap((event) => (event.type === 'row' ? [event.row] : []))
    expect(rowOf({ rows }, 'layers with weights', 'ResNet-152')).toMatchObject({ value: 152, paper: 152 })
    expect(rowOf({ rows }, 'parameters', 'ResNet-152')).toMatchObject({ value: 60.192808, paper: 60.2 })
    expect(rowOf({ rows }, 'layers with weights', 'ResNet-110')).toMatchObject({ value: 110, paper: 110 })
    expect(rows.every((row) => row.slide === null)).toBe(true)
    expect(events.some((event) => event.type === 'figure' && event.name === 'resnet-152')).toBe(true)
  })
})

it('weights of a finished run classify a folder of images', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'resnet-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'cat'))
  writeFileSync(join(folder, 'cat/a.ppm'), Buffer.concat([Buffer.from('P6 32 32 255\n'), Buffer.alloc(3072, 90)]))
  const mean = new Float32Array(3072).fill(0.4)
  const bytes = await weightsFile(cifarResNet(8).initialise(random(1)), 8, mean)
  const { rows } = await runExperiment(resnet, { weights: { file: 'a.safetensors', bytes }, dataFolder: folder })
  expect(rows.map(({ measure, method, total }) => [measure, method, total])).toEqual([
    ['images classified', 'ResNet-8', null],
    ['error', 'ResNet-8', 1],
  ])
  const other = { file: 'other.bin', bytes: Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 123, 125) }
  await expect(runExperiment(resnet, { weights: other, dataFolder: folder })).rejects.toThrow('no network of this app')
})

const dataFolder = process.env.SCATTERLAB_DATA
describe.skipIf(!dataFolder || !existsSync(`${dataFolder}/cifar10`))('on a few images of CIFAR-10', () => {
  const few = {
    ...resnet.budgets.quick,
    training: 48,
    held: 32,
    testing: 200,
    perPass: 48,
    batch: 16,
    steps: 6,
    schedule: { warmUp: 2 },
  }
  const tiny = { ...resnet, budgets: { quick: few, full: few } }

  it('goes through all its steps, interrupted and resumed', { timeout: 120_000 }, async () => {
    const controller = new AbortController()
    const checkpoints = memoryCheckpoints()
    const files = new Map<string, Uint8Array>()
    const few = fewOfCifar10(dataFolder!, 200)
    onTestFinished(() => rmSync(few, { recursive: true }))
    const options = { dataFolder: few, png: false, checkpoints }
    const interrupted = await runExperiment(tiny, {
      ...options,
      signal: controller.signal,
      onEvent: (event) =>
        void (event.type === 'log' && event.line.startsWith('resnet-20: pass 1') && controller.abort()),
    })
    expect(interrupted.partial).toBe(true)
    const result = await runExperiment(tiny, {
      ...options,
      resume: true,
      onEvent: (event) => void (event.type === 'file' && files.set(event.name, event.content as Uint8Array)),
    })
    expect(result.resumed).toBe(true)
    expect(result.partial).toBeUndefined()
    expect(rowOf(result, 'test error')).toMatchObject({ total: 200, slide: null, paper: null })
    expect(rowOf(result, 'training speed').value).toBeGreaterThan(0)
    expect(rowOf(result, 'published recipe, projected').unit).toBe('h')
    expect(result.note).toContain('not trained')
    expect(result.figures.map(({ name }) => name)).toEqual(['resnet-152', 'loss', 'error'])
    const weights = loadWeights(cifarResNet(20), files.get('resnet-20.safetensors')!)
    expect(Object.values(weights.parameters).every((array) => array.toTypedArray().every(Number.isFinite))).toBe(true)
  })
})
