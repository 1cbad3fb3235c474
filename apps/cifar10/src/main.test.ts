import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { saveWeights } from '@scatterlab/nn'
import { type RunEvent, memoryCheckpoints, runExperiment } from '@scatterlab/repro'
import { describe, expect, it, onTestFinished } from 'vitest'
import { random } from '@scatterlab/tensor'
import { fewOfCifar10 } from '@scatterlab/testing/few-cifar10'
import cifar10 from './main.ts'
import { deepNetwork } from './network.ts'

describe('without CIFAR-10', () => {
  it('says how to get the images, and puts nothing in their place', async () => {
    await expect(runExperiment(cifar10, { dataFolder: import.meta.dirname, png: false })).rejects.toThrow(
      /put its six \.bin files .* into FOLDER\/cifar10 and give an app --data FOLDER/,
    )
  })
})

describe('weights of a finished run', () => {
  const widths = [8, 8, 8] as const
  const bytes = () => saveWeights(deepNetwork({ widths }).initialise(random(1)), { widths: widths.join() })

  it('classify a folder of images', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cifar10-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    for (const [name, value] of [
      ['cat', 10],
      ['ship', 200],
    ] as const) {
      mkdirSync(join(folder, name))
      const pixels = Buffer.alloc(40 * 36 * 3, value)
      writeFileSync(join(folder, name, 'a.ppm'), Buffer.concat([Buffer.from('P6 40 36 255\n'), pixels]))
    }
    writeFileSync(join(folder, 'cat', 'b.png'), 'no picture')
    const files = new Map<string, unknown>()
    const { rows, protocol } = await runExperiment(cifar10, {
      weights: { file: 'deep-1.safetensors', bytes: await bytes() },
      dataFolder: folder,
      onEvent: (event) => void (event.type === 'file' && files.set(event.name, event.content)),
    })
    expect(rows.map(({ measure, value, total }) => [measure, value, total])).toEqual([
      ['images classified', 2, null],
      ['error', expect.any(Number), 2],
    ])
    expect(String(files.get('classes.csv'))).toMatch(/^file,class,.*\ncat\/a\.ppm,\w+,0\.\d+,\w+,0\.\d+\nship\/a\.ppm,/)
    expect(protocol).toContain('six views')
  })

  it('of something else are refused by name', async () => {
    const other = await saveWeights({ parameters: {}, state: {} })
    const run = (weights: Uint8Array, dataFolder?: string) =>
      runExperiment(cifar10, { weights: { file: 'other.bin', bytes: weights }, ...(dataFolder && { dataFolder }) })
    await expect(run(other, '.')).rejects.toThrow('other.bin is no network of this app')
    await expect(run(Uint8Array.of(1, 2), '.')).rejects.toThrow('other.bin')
    await expect(run(await bytes())).rejects.toThrow('--data DIR: give DIR')
  })
})

const dataFolder = process.env.SCATTERLAB_DATA
describe.skipIf(!dataFolder || !existsSync(`${dataFolder}/cifar10`))('on a few images of CIFAR-10', () => {
  const deep = {
    ...cifar10.budgets.quick.deep!,
    training: 64,
    held: 20,
    testing: 50,
    seeds: 2,
    widths: [8, 8, 8] as const,
    batch: 16,
    atOnce: 8,
    steps: 5,
  }
  // Caltech-101 is not in the folder
  const few = { deep, caltech: cifar10.budgets.quick.caltech! }
  const tiny = { ...cifar10, budgets: { quick: few, full: few } }

  it(
    'goes through all its steps, interrupted after a seed and resumed, to the same weights',
    { timeout: 240_000 },
    async () => {
      const [whole, parts] = [new Map<string, unknown>(), new Map<string, unknown>()]
      const keepIn = (files: Map<string, unknown>) => (event: RunEvent) =>
        void (event.type === 'file' && files.set(event.name, event.content))
      const folder = fewOfCifar10(dataFolder!, 50)
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const options = { dataFolder: folder, png: false }
      const { rows, figures, files, note, protocol } = await runExperiment(tiny, { ...options, onEvent: keepIn(whole) })
      const [checkpoints, controller] = [memoryCheckpoints(), new AbortController()]
      const first = await runExperiment(tiny, {
        ...options,
        checkpoints,
        signal: controller.signal,
        onEvent: (event) =>
          void (event.type === 'log' && event.line.startsWith('deep-1: pass 2') && controller.abort()),
      })
      expect(first.partial).toBe(true)
      const rest = await runExperiment(tiny, { ...options, checkpoints, resume: true, onEvent: keepIn(parts) })
      expect(rest.resumed).toBe(true)
      expect(parts).toEqual(whole)
      const errors = rows.filter(({ measure }) => measure === 'test error')
      expect(errors.map(({ total, settings, slide }) => [total, settings.seed, slide])).toEqual([
        [50, 1, null],
        [50, 2, null],
      ])
      const mean = rows.find(({ measure }) => measure === 'test error, mean')!
      expect(mean.value).toBeCloseTo((errors[0].value + errors[1].value) / 2, 10)
      expect(figures.map(({ name }) => name)).toEqual(['deep-loss', 'deep-filters', 'deep-confusion', 'deep-errors'])
      expect(files).toEqual(['deep-1.safetensors', 'deep-2.safetensors'])
      expect(note).toMatch(/^Caltech-101 is left out. Caltech-101: it is not in .* Put caltech101-slide.tar.gz/)
      expect(protocol).not.toContain('Caltech')
    },
  )
})
