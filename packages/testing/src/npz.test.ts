import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { readNpy, readNpz } from './npz.ts'

// Written here by the format's description, so that the reader is tested against the text and not against itself.
function npy(
  descr: string,
  shape: string,
  body: ArrayBufferView<ArrayBuffer>,
  order = 'False',
  version = 1,
): Uint8Array<ArrayBuffer> {
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`
  const prefix = version === 1 ? 10 : 12
  const header = text.padEnd(64 * Math.ceil((prefix + text.length + 1) / 64) - prefix - 1) + '\n'
  const length =
    version === 1 ? [header.length & 255, header.length >> 8] : [header.length & 255, header.length >> 8, 0, 0]
  const magic = [0x93, ...new TextEncoder().encode('NUMPY'), version, 0, ...length]
  const bytes = new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  return new Uint8Array([...magic, ...new TextEncoder().encode(header), ...bytes])
}

describe('readNpy', () => {
  it('reads f4, f8, i8 and booleans in C order', () => {
    const f4 = readNpy(npy('<f4', '(2, 3)', new Float32Array([0.5, 1, 2, 3, 4, 5])))
    expect(f4).toEqual({ shape: [2, 3], data: new Float32Array([0.5, 1, 2, 3, 4, 5]) })
    const f8 = readNpy(npy('<f8', '(2,)', new Float64Array([0.1, -1e300])))
    expect(f8).toEqual({ shape: [2], data: new Float64Array([0.1, -1e300]) })
    expect(readNpy(npy('<i8', '()', new BigInt64Array([-3n])))).toEqual({ shape: [], data: new Float64Array([-3]) })
    expect(readNpy(npy('|b1', '(2,)', new Uint8Array([1, 0])))).toEqual({ shape: [2], data: new Float64Array([1, 0]) })
    expect(readNpy(npy('<f4', '(0, 3)', new Float32Array(0)))).toEqual({ shape: [0, 3], data: new Float32Array(0) })
    expect(readNpy(npy('<f8', '(1,)', new Float64Array([7]), 'False', 2)).data[0]).toBe(7)
  })

  it('refuses what it cannot read', () => {
    const floats = new Float32Array(4)
    expect(() => readNpy(npy('<f4', '(5,)', floats), 'x.npy')).toThrow('x.npy is cut short: 16 of 20 bytes')
    expect(() => readNpy(npy('<f4', '(2, 2)', floats, 'True'))).toThrow('Fortran order')
    expect(() => readNpy(npy('<c8', '(2,)', floats))).toThrow('<c8')
    expect(() => readNpy(new Uint8Array(20))).toThrow('does not begin like an .npy file')
  })
})

describe('readNpz', () => {
  it('reads stored and deflated members by name', () => {
    const x = npy('<f4', '(2,)', new Float32Array([1, 2]))
    for (const level of [0, 9] as const) {
      const arrays = readNpz(zipSync({ 'x.npy': x, 'J.npy': npy('<i8', '()', new BigInt64Array([4n])) }, { level }))
      expect(arrays).toEqual({
        x: { shape: [2], data: new Float32Array([1, 2]) },
        J: { shape: [], data: new Float64Array([4]) },
      })
    }
  })
})
