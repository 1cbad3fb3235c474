import { decode, decodeApng, encode } from 'fast-png'
import { expect, it } from 'vitest'
import { animatedPng } from './animated-png.ts'
import { imageGrid } from './image-grid.ts'

const frame = (level: number, width = 5) =>
  encode({
    width,
    height: 3,
    channels: 4,
    data: Uint8Array.from({ length: width * 12 }, (_, i) => (level + 7 * i) % 256),
  })

it('holds the frames that it was given, in their order and for their time', () => {
  const frames = [frame(0), frame(50), frame(200)]
  const file = animatedPng(frames, { seconds: 0.35, loops: 2 })
  const { frames: shown, numberOfFrames, numberOfPlays } = decodeApng(file, { checkCrc: true })
  expect([numberOfFrames, numberOfPlays]).toEqual([3, 2])
  expect(shown.map(({ data }) => [...data])).toEqual(frames.map((own) => [...decode(own).data]))
  expect(shown.map(({ delayNumber, delayDenominator }) => delayNumber / delayDenominator)).toEqual([0.35, 0.35, 0.35])
  // a viewer that knows no animation sees the first one
  expect([...decode(file, { checkCrc: true }).data]).toEqual([...decode(frames[0]!).data])
})

it('takes what png() gives, in several chunks of pixels too', async () => {
  const drawn = async (level: number) =>
    imageGrid({
      images: [{ data: new Uint8Array(64 * 64).map((_, i) => (level * i * i) % 251), shape: [64, 64] }],
    }).png()
  const { frames } = decodeApng(animatedPng([await drawn(1), await drawn(3)]), { checkCrc: true })
  expect(frames).toHaveLength(2)
  expect([...frames[1]!.data]).toEqual([...decode(await drawn(3)).data])
})

it.each([
  ['no frames', [], 'EMPTY'],
  ['frames of two sizes', [frame(0), frame(0, 6)], 'SHAPE_MISMATCH'],
  ['what is no PNG', [Uint8Array.of(1, 2, 3)], 'SHAPE_MISMATCH'],
  ['a PNG cut short', [frame(0).subarray(0, 30)], 'SHAPE_MISMATCH'],
])('refuses %s', (_, frames, code) => {
  expect(() => animatedPng(frames)).toThrow(expect.objectContaining({ code }) as Error)
})

it('refuses a time that is none', () => {
  expect(() => animatedPng([frame(0)], { seconds: 0 })).toThrow(/seconds/)
})
