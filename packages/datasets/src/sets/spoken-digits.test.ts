import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeWav } from '../files/wav.ts'
import { spokenDigits } from './spoken-digits.ts'

const root = mkdtempSync(join(tmpdir(), 'spoken-'))
afterAll(() => rmSync(root, { recursive: true }))

/** A folder with an archive of recordings of some lengths, by name. */
function folderOf(name: string, lengths: Readonly<Record<string, number>>, sampleRate = 8000): string {
  const folder = join(root, name)
  mkdirSync(join(folder, 'recordings'), { recursive: true })
  for (const [file, length] of Object.entries(lengths)) {
    writeFileSync(join(folder, 'recordings', file), encodeWav(new Float32Array(length).fill(0.25), { sampleRate }))
  }
  execFileSync('tar', ['--format=ustar', '-czf', join(folder, 'recordings.tar.gz'), '-C', folder, 'recordings'])
  return folder
}

describe('spokenDigits', () => {
  it('splits by takes, in the order of digit, speaker and take', async () => {
    const folder = folderOf('few', { '7_theo_4.wav': 3, '3_lucas_5.wav': 2, '3_jackson_12.wav': 4, '0_theo_0.wav': 1 })
    const { train, test, sampleRate, canonical, source } = await spokenDigits({ folder })
    expect(train.signals.map(({ length }) => length)).toEqual([4, 2])
    expect([[...train.labels], train.speakers]).toEqual([
      [3, 3],
      ['jackson', 'lucas'],
    ])
    expect([[...test.labels], test.speakers]).toEqual([
      [0, 7],
      ['theo', 'theo'],
    ])
    expect(test.signals[1]).toEqual(Float32Array.of(0.25, 0.25, 0.25))
    expect([sampleRate, canonical]).toEqual([8000, false])
    expect(source).toMatch(/^not the canonical .*2 training and 2 test recordings, from the folder/)
  })

  it('takes recordings that lie in a folder as they are', async () => {
    const folder = folderOf('loose', { '7_theo_4.wav': 3, '3_lucas_5.wav': 2 })
    rmSync(join(folder, 'recordings.tar.gz'))
    const { train, test } = await spokenDigits({ folder })
    expect([...train.labels, ...test.labels]).toEqual([3, 7])
  })

  it('names what is wrong with an archive', async () => {
    const other = folderOf('other', { 'hello.wav': 3 })
    await expect(spokenDigits({ folder: other })).rejects.toThrow(/recordings\/DIGIT_SPEAKER_TAKE\.wav/)
    const fast = folderOf('fast', { '1_theo_0.wav': 3 }, 16_000)
    await expect(spokenDigits({ folder: fast })).rejects.toThrow(/1_theo_0\.wav has 1 channels, 16000 samples/)
    await expect(spokenDigits({ folder: root })).rejects.toThrow(/fsdd/)
  })
})

const shared = process.env.SCATTERLAB_DATA
describe.skipIf(!shared || !existsSync(join(shared, 'fsdd')))('the published set', () => {
  it('has 2,700 and 300 recordings, 30 of each digit in the test set', async () => {
    const { train, test, canonical } = await spokenDigits({ folder: shared })
    expect([train.signals.length, test.signals.length, canonical]).toEqual([2700, 300, true])
    expect(Array.from({ length: 10 }, (_, digit) => test.labels.filter((label) => label === digit).length)).toEqual(
      new Array(10).fill(30),
    )
    expect(new Set(train.speakers).size).toBe(6)
    const lengths = [...train.signals, ...test.signals].map(({ length }) => length)
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([1148, 18_262])
  })
})
