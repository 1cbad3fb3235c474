// The generator that the site's page on latent space draws by: the one small set of weights that is in the repository. Made again by
//
//     pnpm repro dcgan --recipe site
//     node docs/tools/site-generator.ts results/dcgan docs/demos/latent
//
// which takes the weights of that run, rounds them to half precision, and writes digits.safetensors, and beside it digits.json: what made them,
// and how often the classifier of the page "Draw a digit", which learned from real digits, takes drawn ones for others.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { latentPoints } from '@scatterlab/gan'
import { type HalfArray, decodeSafetensors, encodeSafetensors } from '@scatterlab/nn'
import type { Result } from '@scatterlab/repro'
import { createWasmBackend } from '@scatterlab/wasm'
import { digitScattering, recogniser } from '../demos/digit/recogniser.ts'
import { SIDE, digitGenerator } from '../demos/latent/generator.ts'

/** Digits that are drawn of each class. */
const EACH = 200
/** Scales of Φ, those of the page. */
const SCALES = 3

const [from, to] = process.argv.slice(2)
if (from === undefined || to === undefined)
  throw new Error('give two folders: that of a run of the recipe, and that to write to')

const result = JSON.parse(readFileSync(join(from, 'result.json'), 'utf8')) as Result
if (result.app !== 'dcgan' || result.recipe !== 'site')
  throw new Error(`${from} holds no run of the recipe: pnpm repro dcgan --recipe site`)
const whole = new Uint8Array(readFileSync(join(from, 'generator.safetensors')))
const halves = await inHalves(whole)

const backend = createWasmBackend()
await backend.start()
const transform = digitScattering(SCALES, backend)
const { classifier, errors, tested } = await recogniser(transform)
const [asSaved, asShipped] = [digitGenerator(whole, backend), digitGenerator(halves, backend)]
const wrong: number[] = []
let largest = 0
for (let label = 0; label < 10; label++) {
  const points = latentPoints(asShipped.gan, EACH, `site/${label}`)
  const { data } = await asShipped.draw(points, label)
  const { data: single } = await asSaved.draw(points, label)
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, 127.5 * Math.abs(data[i] - single[i]))
  const phi = await transform.transformAsync({ data: data.map((v) => (v + 1) / 2), shape: [EACH, SIDE, SIDE] })
  const said = await classifier.predict(phi, { backend })
  wrong.push(Array.from(said).filter((other) => other !== label).length)
}

const { seed, data, protocol, machine, startedAt } = result
const about = {
  made: startedAt.slice(0, 10),
  seed,
  data: data?.split(', from the folder')[0],
  // what is compared afterwards is not told here
  protocol: protocol?.split('; ').slice(0, -2).join('; '),
  machine,
  bytes: halves.length,
  classifier: { learned: 1000, tested, wrong: errors },
  drawn: { each: EACH, wrong },
  rounding: { largestDifferenceOf256Levels: Number(largest.toFixed(2)) },
}
writeFileSync(join(to, 'digits.safetensors'), halves)
writeFileSync(join(to, 'digits.json'), `${JSON.stringify(about, null, 2)}\n`)
process.stdout.write(`${JSON.stringify(about)}\n`)
process.exit()

/** The file with all its arrays in half precision. */
function inHalves(file: Uint8Array): Promise<Uint8Array> {
  const { Float16Array } = globalThis as unknown as { Float16Array?: new (numbers: ArrayLike<number>) => HalfArray }
  if (!Float16Array) throw new Error(`Node ${process.version} has no Float16Array: take Node 24`)
  const arrays = Object.entries(decodeSafetensors(file).tensors).map(([name, { data: numbers, shape }]) => [
    name,
    { data: new Float16Array(numbers as Float32Array), shape },
  ])
  return encodeSafetensors(Object.fromEntries(arrays), { format: 'pt' }, { checksum: true })
}
