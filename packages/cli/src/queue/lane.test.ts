// The process of a lane, without a queue: it opens an input anew that has changed.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { picture } from '../command.test.run.ts'
import { writeArray } from '../shards/write-array.ts'
import { planShards } from '../shards/plan.ts'
import { digestOf, numbersFile } from '../shards/record.ts'
import { isFinished } from '../shards/run-shard.ts'
import { Lane } from './lane.ts'

const root = mkdtempSync(join(tmpdir(), 'lane-'))
const lane = new Lane()
afterAll(async () => {
  await lane.close()
  rmSync(root, { recursive: true })
})

test('a file that another of its size has replaced is read anew', async () => {
  const file = join(root, 'images.npy')
  const put = async (seed: number): Promise<void> => {
    const other = join(root, 'other.npy')
    await writeArray(other, Float32Array.from(picture(seed)), [1, 16, 16])
    renameSync(other, file)
  }
  const numbersOf = async (name: string): Promise<Buffer> => {
    const options = { scales: 2, orientations: 2 }
    const plan = await planShards(file, {
      folder: join(root, name),
      transform: options,
      reading: { fit: 'crop', colour: false },
      computing: { backend: 'wasm', deterministic: false },
    })
    const { folder, hash } = plan
    if (!(await isFinished(plan, 0)))
      await lane.run({ folder, plan: hash, files: digestOf(plan.files), shard: 0, items: 1, of: 1 })
    return readFileSync(numbersFile(plan, 0))
  }
  await put(1)
  const first = await numbersOf('parts')
  await put(2)
  const second = await numbersOf('parts')
  expect(second).not.toEqual(first)
  expect(second).toEqual(await numbersOf('fresh'))
})

test('what a shard fails of is an error here, and the lane goes on', async () => {
  writeFileSync(join(root, 'manifest.json'), '{')
  const job = { folder: root, plan: '', files: '', shard: 0, items: 1, of: 1 }
  await expect(lane.run(job)).rejects.toThrow('manifest.json is damaged')
  await expect(lane.run({ ...job, folder: join(root, 'none') })).rejects.toMatchObject({ code: 'NO_MANIFEST' })
})
