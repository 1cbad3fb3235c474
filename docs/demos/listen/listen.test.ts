import { createWasmBackend } from '@scatterlab/wasm'
import { describe, expect, test } from 'vitest'
import { rebuiltSound, seen } from './listen.ts'
import { LENGTH, RATE, fitted, mixed, soundOf } from './sounds.ts'

/** Hertz by zero crossings. */
function pitch(sound: Float32Array, from: number, to: number): number {
  let crossings = 0
  for (let i = from + 1; i < to; i++) if (sound[i - 1] < 0 !== sound[i] < 0) crossings++
  return (crossings * RATE) / (2 * (to - from))
}

describe('sounds', () => {
  test('rise and fall by two octaves, from 250 to 1,000 hertz', () => {
    const part = LENGTH / 16
    for (const [name, first, last] of [
      ['rising', 250, 1000],
      ['falling', 1000, 250],
    ] as const) {
      const sound = soundOf(name)
      // within a sixteenth of the sound the pitch changes by 9 %
      expect(pitch(sound, 0, part) / first).toBeCloseTo(1, 0.7)
      expect(pitch(sound, LENGTH - part, LENGTH) / last).toBeCloseTo(1, 0.7)
      expect(Math.max(...sound.map(Math.abs))).toBeLessThanOrEqual(0.7)
    }
  })

  test('of another length are cut to their loudest stretch, its peak 0.8', () => {
    const long = new Float32Array(5 * LENGTH).fill(0.01)
    long.fill(0.2, 3 * LENGTH, 4 * LENGTH)
    expect(fitted(long).every((v) => Math.abs(v - 0.8) < 1e-6)).toBe(true)
    const short = fitted(Float32Array.from([0.1, -0.4]))
    expect(short).toHaveLength(LENGTH)
    expect(Array.from(short.subarray(0, 3), (v) => Number(v.toFixed(6)))).toEqual([0.2, -0.8, 0])
    expect(() => fitted(new Float32Array(100))).toThrow('silent')
    expect([...mixed([Float32Array.of(1, 0.5), Float32Array.of(0, -0.5)])]).toEqual([0.5, 0])
  })
})

test('joint coefficients tell rising from falling, and see no direction in a tremolo', () => {
  const backend = createWasmBackend({ threads: 1 })
  const share = (name: 'rising' | 'falling' | 'tremolo'): number => seen(soundOf(name), backend).share
  expect(share('rising')).toBeGreaterThan(0.75)
  expect(share('falling')).toBeLessThan(0.25)
  expect(share('tremolo')).toBeCloseTo(0.5, 1)
})

test('a sound that is sought comes to have the coefficients', async () => {
  const errors: number[] = []
  const found = await rebuiltSound(
    { sound: soundOf('tremolo'), scales: 5, maxOrder: 1, iterations: 8, seed: 1 },
    {
      backend: createWasmBackend({ threads: 1 }),
      signal: new AbortController().signal,
      tell: ({ error }) => void errors.push(error),
    },
  )
  expect(errors).toHaveLength(8)
  expect(found.error).toBeLessThan(errors[0] / 2)
  expect(found.sound).toHaveLength(LENGTH)
})
