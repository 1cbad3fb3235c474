import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idxHeader, parseIdx } from './idx.ts'

// Written out as the format's page does, not by the code under test.
const twoByThree = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 11, 12, 13, 14, 15)

describe('parseIdx', () => {
  it('reads shape and elements', () => {
    const { data, shape } = parseIdx(twoByThree)
    expect(shape).toEqual([2, 3])
    expect([...data]).toEqual([10, 11, 12, 13, 14, 15])
    expect(data.buffer).toBe(twoByThree.buffer)
  })

  it('reads lengths as big-endian numbers, and any number of axes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }), (shape) => {
        const elements = shape.reduce((product, length) => product * length, 1)
        const file = new Uint8Array(4 + 4 * shape.length + elements).fill(7)
        file.set([0, 0, 8, shape.length, ...shape.flatMap((length) => [0, 0, 0, length])])
        const parsed = parseIdx(file)
        expect(parsed.shape).toEqual(shape)
        expect(parsed.data.length).toBe(elements)
      }),
    )
    const long = new Uint8Array(8 + 258)
    long.set([0, 0, 8, 1, 0, 0, 1, 2])
    expect(parseIdx(long).shape).toEqual([258])
  })

  it.each([
    ['EMPTY', new Uint8Array(0)],
    ['TRUNCATED', twoByThree.subarray(0, 17)],
    ['TRUNCATED', twoByThree.subarray(0, 9)],
    ['CORRUPT', Uint8Array.of(...twoByThree, 1)],
    ['FORMAT', new TextEncoder().encode('<!doctype html>')],
    ['FORMAT', Uint8Array.of(0, 0, 8)],
    ['FORMAT', Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 0)],
  ])('throws %s and names the file', (code, bytes) => {
    expect(() => parseIdx(bytes, 'digits.idx')).toThrow(expect.objectContaining({ code, file: 'digits.idx' }))
    expect(() => parseIdx(bytes, 'digits.idx')).toThrow(/digits\.idx/)
  })
})

describe('idxHeader', () => {
  it('needs but the start of a file, and checks the length of the whole', () => {
    expect(idxHeader(twoByThree.subarray(0, 12), 'x', 18)).toEqual({ shape: [2, 3], header: 12, bytes: 18 })
    expect(idxHeader(twoByThree.subarray(0, 14), 'x')).toMatchObject({ bytes: 18 })
    expect(() => idxHeader(twoByThree.subarray(0, 12), 'x', 17)).toThrow('x ends after 17 of 18 bytes')
    expect(() => idxHeader(twoByThree.subarray(0, 12), 'x', 20)).toThrow('2 bytes longer than its header says')
  })
})
