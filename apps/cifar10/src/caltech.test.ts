import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { experiment, runExperiment } from '@scatterlab/repro'
import { random } from '@scatterlab/tensor'
import { createWasmBackend } from '@scatterlab/wasm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type CaltechBudget, classifyCaltech, inWordsCaltech } from './caltech.ts'
import main from './main.ts'

const SIDE = 32

/** A grey texture of waves around one direction, of random phases: its mean, its levels and its spectrum's radius tell no direction. */
function waves(degrees: number, seed: string): Uint8Array {
  const stream = random(seed)
  const values = new Float32Array(SIDE * SIDE)
  for (let wave = 0; wave < 30; wave++) {
    const angle = ((degrees + stream.uniform(-20, 20)) * Math.PI) / 180
    const [phase, k] = [stream.uniform(0, 2 * Math.PI), (2 * Math.PI) / stream.uniform(4, 7)]
    for (let at = 0; at < values.length; at++) {
      const [x, y] = [at % SIDE, Math.floor(at / SIDE)]
      values[at] += Math.cos(k * (x * Math.cos(angle) + y * Math.sin(angle)) + phase)
    }
  }
  const grey = values.map((value) => Math.max(0, Math.min(255, 128 + 15 * value)))
  return Uint8Array.from([...grey, ...grey, ...grey])
}

const budget: CaltechBudget = { training: 20, splits: 3, wavelets: [{ side: SIDE, scales: 3 }], patches: 0 }

it(
  'directions at random phases are told apart by wavelets, and hardly by pixels or colours',
  { timeout: 60_000 },
  async () => {
    const labels = Uint8Array.from({ length: 90 }, (_, i) => Number(i % 3 > 0)) // 30 and 60 pictures
    const all = Array.from(labels, (label, i) => waves(label ? 65 : 25, `picture ${i}`))
    const pictures = {
      images: { data: Uint8Array.from(all.flatMap((one) => [...one])), shape: [90, 3, SIDE, SIDE] as const },
      labels,
      classes: ['flat', 'steep'],
    }
    const app = experiment({
      name: 'cifar10',
      slide: 'Complex Image Classification',
      claim: 'this part alone',
      budgets: { quick: budget, full: budget },
      backends: { wasm: async () => createWasmBackend() },
      async run(context) {
        context.output.describe({ data: 'generated', protocol: inWordsCaltech(budget) })
        await classifyCaltech(context, pictures, budget)
      },
    })
    const { rows, figures } = await runExperiment(app, { seed: 1, png: false })
    expect(rows.map(({ method }) => method)).toEqual(
      ['wavelets', 'pixels', 'colours'].flatMap((name) => [`${name}, linear`, `${name}, Gaussian kernel`]),
    )
    const [linear, kernel, ...others] = rows.map(({ value }) => value)
    expect(linear).toBeGreaterThan(95)
    expect(kernel).toBeGreaterThan(95)
    // chance is 50 %; one standard error of 10 and 40 test pictures by class, three times, is about 5 points
    for (const other of others) expect(other).toBeLessThan(80)
    expect(rows[0].settings).toMatchObject({ trainingSize: 20, splits: 3, chosen: '32², J = 3' })
    expect(figures.map(({ name }) => name)).toEqual(['caltech-confusion', 'caltech-pictures'])
  },
)

describe('the whole app', () => {
  const few: CaltechBudget = { ...budget, training: 6, splits: 2, patches: 4 }
  const tiny = { ...main, budgets: { quick: { caltech: few }, full: { caltech: few } } }

  /** Pictures of these classes, the classes of the slide without its anchors. */
  function folderOf(classes: readonly string[]): string {
    const root = mkdtempSync(join(tmpdir(), 'caltech-'))
    onTestFinished(() => rmSync(root, { recursive: true }))
    for (const [k, name] of classes.entries()) {
      mkdirSync(join(root, 'caltech101', name), { recursive: true })
      for (let i = 1; i <= 8 + k; i++) {
        const planes = waves(35 * k, `${name} ${i}`)
        const pixels = Uint8Array.from(planes, (_, at) => planes[Math.floor(at / 3)])
        const file = join(root, 'caltech101', name, `image_${String(i).padStart(4, '0')}.jpg`)
        writeFileSync(file, Buffer.concat([Buffer.from(`P6 ${SIDE} ${SIDE} 255\n`), pixels]))
      }
    }
    return root
  }

  it('takes nautilus where anchor is missing, and needs no CIFAR-10 for this part', { timeout: 60_000 }, async () => {
    const classes = ['beaver', 'joshua_tree', 'lotus', 'nautilus', 'water_lilly']
    const dataFolder = folderOf(classes)
    const { rows, data, protocol, note } = await runExperiment(tiny, { dataFolder, png: false })
    expect(rows.map(({ method }) => method)).toContain('patches, Gaussian kernel')
    expect(rows).toHaveLength(8)
    expect(data).toContain(`50 photographs of 5 classes (${classes.join(', ')})`)
    expect(protocol).toMatch(/^Caltech-101: 2 random splits with 6 training pictures a class/)
    expect(note ?? '').toBe('')
  })

  it('says what is missing, where nothing can be done without it', async () => {
    const run = (classes: readonly string[]) => runExperiment(tiny, { dataFolder: folderOf(classes), png: false })
    await expect(run([])).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const others = ['beaver', 'joshua_tree', 'lotus', 'water_lilly', 'nautilus']
    const more = { ...few, training: 8 }
    const short = { ...tiny, budgets: { quick: { caltech: more }, full: { caltech: more } } }
    await expect(runExperiment(short, { dataFolder: folderOf(others), png: false })).rejects.toThrow(
      'the class beaver has 8 pictures: give more than 8 of each class',
    )
    await expect(run(['lotus', 'beaver'])).rejects.toThrow('no class joshua_tree or nautilus or water_lilly')
  })
})
