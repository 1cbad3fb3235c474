import { DatasetError } from '../errors.ts'
import { expect, it } from 'vitest'
import { encodeWav, parseWav } from './wav.ts'

/** A file with one channel of given samples, as bytes. */
function file(kind: number, bits: number, samples: readonly number[], channels = 1): Uint8Array {
  const bytes = new Uint8Array(encodeWav(new Float32Array((samples.length + 1) >> 1), { sampleRate: 8000 }))
  const whole = new Uint8Array(44 + samples.length)
  whole.set(bytes.subarray(0, 44))
  whole.set(samples, 44)
  const view = new DataView(whole.buffer)
  view.setUint16(20, kind, true)
  view.setUint16(22, channels, true)
  view.setUint16(34, bits, true)
  view.setUint32(40, samples.length, true)
  return whole
}

it('gives back what it wrote, to half a step of 16 bits', () => {
  const samples = Float32Array.from({ length: 99 }, (_, i) => Math.sin(i / 7))
  const { data, shape, sampleRate } = parseWav(encodeWav(samples, { sampleRate: 11_025 }))
  expect([shape, sampleRate]).toEqual([[1, 99], 11_025])
  // 1 itself is the first number that 16 bits lack
  samples.forEach((v, i) => expect(Math.abs(data[i] - v)).toBeLessThanOrEqual(2 ** -15))
})

it('clips what is beyond', () => {
  expect(parseWav(encodeWav([-3, 3], { sampleRate: 1 })).data).toEqual(Float32Array.of(-1, 1 - 2 ** -15))
})

it.each<[string, number, number, number[], number]>([
  ['8 bits', 1, 8, [0], -1],
  ['24 bits', 1, 24, [0, 0, 0xc0], -0.5],
  ['32 bits', 1, 32, [0, 0, 0, 0x40], 0.5],
  ['floats', 3, 32, [0, 0, 0, 0x3f], 0.5],
  ['doubles', 3, 64, [0, 0, 0, 0, 0, 0, 0xe0, 0xbf], -0.5],
])('reads %s', (_, kind, bits, bytes, value) => {
  expect(parseWav(file(kind, bits, bytes)).data).toEqual(Float32Array.of(value))
})

it('puts channels one after the other', () => {
  const { data, shape } = parseWav(file(1, 8, [0, 128, 0, 128], 2))
  expect(shape).toEqual([2, 2])
  expect(data).toEqual(Float32Array.of(-1, -1, 0, 0))
})

it.each<[string, Uint8Array, string]>([
  ['another file', new TextEncoder().encode('a text that is long enough'), 'FORMAT'],
  ['a compressed kind', file(0x55, 16, [1, 2]), 'FORMAT'],
  ['a file that was cut short', file(1, 16, [1, 2, 3, 4]).subarray(0, 46), 'TRUNCATED'],
  ['a header alone', file(1, 16, []).subarray(0, 36), 'TRUNCATED'],
  ['no samples', file(1, 16, []), 'EMPTY'],
])('refuses %s, with its name', (_, bytes, code) => {
  const parsing = (): unknown => parseWav(bytes, 'a.wav')
  expect(parsing).toThrow(DatasetError)
  expect(parsing).toThrow(expect.objectContaining({ code, file: 'a.wav' }))
})
