import { type RealDType, onBackend, realArray, tensor } from '@scatterlab/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CheckpointError } from './checkpoint-error.ts'
import { deviceBackend } from '@scatterlab/testing'
import { type DecodedFile, decodeSafetensors, encodeSafetensors } from './safetensors.ts'
import type { HalfArray } from './safetensors-types.ts'

const text = (s: string): number[] => [...new TextEncoder().encode(s)]

/** A file of a header and numbers, the length in front. */
function file(header: unknown, numbers: readonly number[] = [], length?: number): Uint8Array {
  const bytes = text(typeof header === 'string' ? header : JSON.stringify(header))
  const lead = new Uint8Array(new BigUint64Array([BigInt(length ?? bytes.length)]).buffer)
  return Uint8Array.from([...lead, ...bytes, ...numbers])
}

function failure(bytes: Uint8Array): { code: string; message: string } {
  try {
    decodeSafetensors(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(CheckpointError)
    const { code, message } = error as CheckpointError
    return { code, message }
  }
  throw new Error('the file was read')
}

describe('encodeSafetensors', () => {
  it('writes the format, byte for byte', async () => {
    const bytes = await encodeSafetensors(
      { b: { data: new Float32Array([1, -2]), shape: [2] }, a: tensor(new Float64Array([0.5]), [1, 1]) },
      { k: 'v' },
    )
    const header =
      '{"__metadata__":{"k":"v"},"a":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}'
    expect(header.length).toBe(135)
    const [length, half] = [
      [136, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0xe0, 0x3f],
    ]
    const singles = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]
    expect([...bytes]).toEqual([...length, ...text(`${header} `), ...half, ...singles])
  })

  // Node 22 has none
  const { Float16Array } = globalThis as unknown as { Float16Array?: new (numbers: ArrayLike<number>) => HalfArray }
  it.skipIf(!Float16Array)('writes halves, the numbers nearest to those given', async () => {
    const data = new Float16Array!([1, -2, 1 / 3, 65520, 2 ** -24])
    const { tensors } = decodeSafetensors(await encodeSafetensors({ x: { data, shape: [5] } }, {}, { checksum: true }))
    const read = new Float32Array([1, -2, 0.333251953125, Infinity, 2 ** -24])
    expect(tensors.x).toEqual({ dtype: 'F16', shape: [5], data: read })
  })

  it('reads arrays from any back end, strided ones in row-major order', async () => {
    const x = onBackend(tensor(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]), deviceBackend())
    expect(x.buffer.data).toBeNull()
    const { tensors } = decodeSafetensors(await encodeSafetensors({ x: x.transpose(), part: x.slice(1) }))
    expect(tensors.x).toEqual({ dtype: 'F32', shape: [3, 2], data: new Float32Array([1, 4, 2, 5, 3, 6]) })
    expect(tensors.part).toEqual({ dtype: 'F32', shape: [3], data: new Float32Array([4, 5, 6]) })
  })

  it('gives back what it was given', async () => {
    const arrays = fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__'),
      fc.record({
        dtype: fc.constantFrom<RealDType>('float32', 'float64'),
        shape: fc.array(fc.nat(4), { maxLength: 3 }),
        seed: fc.double({ noNaN: true, min: -1e30, max: 1e30 }),
      }),
    )
    const metadata = fc.dictionary(fc.string(), fc.string())
    await fc.assert(
      fc.asyncProperty(arrays, metadata, async (described, notes) => {
        const given = Object.fromEntries(
          Object.entries(described).map(([name, { dtype, shape, seed }]) => {
            const data = realArray(
              dtype,
              shape.reduce((a, b) => a * b, 1),
            ).map((_, i) => seed * (i + 1))
            return [name, { data: data as Float32Array<ArrayBuffer>, shape }]
          }),
        )
        const { tensors, metadata: found } = decodeSafetensors(await encodeSafetensors(given, notes))
        expect(new Map(Object.entries(found))).toEqual(new Map(Object.entries(notes)))
        const plain = Object.entries(tensors).map(([name, { data, shape }]) => [name, { data, shape }] as const)
        expect(new Map(plain)).toEqual(new Map(Object.entries(given)))
      }),
      { numRuns: 50 },
    )
  })

  it('holds arrays of any name', async () => {
    const given = Object.fromEntries(
      ['__proto__', 'constructor', 'toString', '7', ''].map((name, i) => [
        name,
        { data: Float32Array.of(i), shape: [] },
      ]),
    )
    const { tensors } = decodeSafetensors(await encodeSafetensors(given, { ['__proto__']: 'too' }))
    for (const [name, { data }] of Object.entries(given)) {
      expect(Object.getOwnPropertyDescriptor(tensors, name)?.value, name).toEqual({ dtype: 'F32', shape: [], data })
    }
  })

  it('refuses what the format has no form for', async () => {
    const data = new Float32Array(4)
    const code = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: CheckpointError) => error.code)
    expect(await code(encodeSafetensors({ z: tensor(data, [2], { dtype: 'complex64' }) }))).toBe('DTYPE')
    expect(await code(encodeSafetensors({ x: { data, shape: [3] } }))).toBe('OFFSETS')
    expect(await code(encodeSafetensors({ __metadata__: { data, shape: [4] } }))).toBe('HEADER')
    const note = encodeSafetensors({}, { epoch: 1 } as never)
    await expect(note).rejects.toMatchObject({
      code: 'VALUE',
      message: expect.stringContaining('metadata: epoch is 1'),
    })
  })
})

describe('decodeSafetensors', () => {
  // printed by safetensors.test.py
  const fixture = Uint8Array.from(
    atob(
      'bgMAAAAAAAB7Il9fbWV0YWRhdGFfXyI6IHsiZm9ybWF0IjogInB0IiwgIm1hZGUgYnkiOiAiaGFuZCJ9LCAiZG91YmxlcyI6IHsi' +
        'ZHR5cGUiOiAiRjY0IiwgInNoYXBlIjogWzJdLCAiZGF0YV9vZmZzZXRzIjogWzAsIDE2XX0sICJsb25nIjogeyJkdHlwZSI6ICJJ' +
        'NjQiLCAic2hhcGUiOiBbM10sICJkYXRhX29mZnNldHMiOiBbMTYsIDQwXX0sICJjb252MS53ZWlnaHQiOiB7ImR0eXBlIjogIkYz' +
        'MiIsICJzaGFwZSI6IFsxLCAyLCAxLCAyXSwgImRhdGFfb2Zmc2V0cyI6IFs0MCwgNTZdfSwgImludCI6IHsiZHR5cGUiOiAiSTMy' +
        'IiwgInNoYXBlIjogWzJdLCAiZGF0YV9vZmZzZXRzIjogWzU2LCA2NF19LCAiaGFsZiI6IHsiZHR5cGUiOiAiRjE2IiwgInNoYXBl' +
        'IjogWzddLCAiZGF0YV9vZmZzZXRzIjogWzY0LCA3OF19LCAiYnJhaW4iOiB7ImR0eXBlIjogIkJGMTYiLCAic2hhcGUiOiBbM10s' +
        'ICJkYXRhX29mZnNldHMiOiBbNzgsIDg0XX0sICJzaG9ydCI6IHsiZHR5cGUiOiAiSTE2IiwgInNoYXBlIjogWzFdLCAiZGF0YV9v' +
        'ZmZzZXRzIjogWzg0LCA4Nl19LCAiYnl0ZXMiOiB7ImR0eXBlIjogIlU4IiwgInNoYXBlIjogWzIsIDJdLCAiZGF0YV9vZmZzZXRz' +
        'IjogWzg2LCA5MF19LCAic2lnbmVkIjogeyJkdHlwZSI6ICJJOCIsICJzaGFwZSI6IFsxXSwgImRhdGFfb2Zmc2V0cyI6IFs5MCwg' +
        'OTFdfSwgImZsYWdzIjogeyJkdHlwZSI6ICJCT09MIiwgInNoYXBlIjogWzNdLCAiZGF0YV9vZmZzZXRzIjogWzkxLCA5NF19LCAi' +
        'c2NhbGFyIjogeyJkdHlwZSI6ICJVOCIsICJzaGFwZSI6IFtdLCAiZGF0YV9vZmZzZXRzIjogWzk0LCA5NV19LCAibm90aGluZyI6' +
        'IHsiZHR5cGUiOiAiRjMyIiwgInNoYXBlIjogWzAsIDRdLCAiZGF0YV9vZmZzZXRzIjogWzk1LCA5NV19fZqZmZmZmbk/nHUAiDzk' +
        'N/4BAAAAAAAAAP7/////////AAAAAAAAAEAAAMA/AAAQwOaxYX/NzMw9+f///////38APADAAQD/ewB8AH5VNYA/IL6Af9T+AAH+' +
        '//sBAAEJ',
    ),
    (c) => c.charCodeAt(0),
  )

  it('reads every element type', () => {
    const { tensors, metadata } = decodeSafetensors(fixture)
    expect(metadata).toEqual({ format: 'pt', 'made by': 'hand' })
    expect(tensors).toEqual({
      doubles: { dtype: 'F64', shape: [2], data: new Float64Array([0.1, -1e300]) },
      long: { dtype: 'I64', shape: [3], data: new BigInt64Array([1n, -2n, 2n ** 62n]) },
      'conv1.weight': { dtype: 'F32', shape: [1, 2, 1, 2], data: new Float32Array([1.5, -2.25, 3e38, 0.1]) },
      int: { dtype: 'I32', shape: [2], data: new Int32Array([-7, 2147483647]) },
      half: {
        dtype: 'F16',
        shape: [7],
        data: new Float32Array([1, -2, 2 ** -24, 65504, Infinity, NaN, 0.333251953125]),
      },
      brain: { dtype: 'BF16', shape: [3], data: new Float32Array([1, -0.15625, Infinity]) },
      short: { dtype: 'I16', shape: [1], data: new Int16Array([-300]) },
      bytes: { dtype: 'U8', shape: [2, 2], data: new Uint8Array([0, 1, 254, 255]) },
      signed: { dtype: 'I8', shape: [1], data: new Int8Array([-5]) },
      flags: { dtype: 'BOOL', shape: [3], data: new Uint8Array([1, 0, 1]) },
      scalar: { dtype: 'U8', shape: [], data: new Uint8Array([9]) },
      nothing: { dtype: 'F32', shape: [0, 4], data: new Float32Array() },
    })
  })

  it('copies, wherever the file lies in memory', () => {
    const shifted = new Uint8Array(fixture.length + 5).subarray(5)
    shifted.set(fixture)
    const { tensors } = decodeSafetensors(shifted)
    shifted.fill(0)
    expect(tensors.doubles.data).toEqual(new Float64Array([0.1, -1e300]))
  })

  it('names what is wrong with a file', () => {
    const one = (change: object): Uint8Array =>
      file({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...change } }, [0, 0, 0, 0])
    expect(decodeSafetensors(one({})).tensors.x.data).toEqual(new Float32Array(1))

    expect(failure(new Uint8Array(7))).toMatchObject({ code: 'TRUNCATED' })
    expect(failure(file('{}', [], 3))).toMatchObject({ code: 'TRUNCATED' })
    expect(failure(file('{}', [], 2 ** 40))).toMatchObject({ code: 'HEADER' })
    expect(failure(fixture.subarray(0, fixture.length - 1))).toMatchObject({ code: 'TRUNCATED' })
    expect(failure(file('{"x":'))).toMatchObject({ code: 'HEADER' })
    const deep = 1e5
    expect(failure(file(`{"x":${'['.repeat(deep)}${']'.repeat(deep)}}`)).message).toContain('deeper than 3 levels')
    expect(failure(file(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`)).message).toContain('deeper than 3 levels')
    for (const open of ['{"x', '{"x\\', '{"x":"abc', '{"\\u00":1}', '":', '}"a":1'])
      expect(failure(file(open)), open).toMatchObject({ code: 'HEADER' })
    expect(failure(file('[1]'))).toMatchObject({ code: 'HEADER' })
    expect(failure(file(' {}'))).toMatchObject({ code: 'HEADER' })
    expect(failure(file({ __metadata__: { a: 1 } }))).toMatchObject({ code: 'HEADER' })
    expect(failure(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff))).toMatchObject({ code: 'HEADER' })
    for (const change of [{ shape: [-1] }, { shape: 1 }, { dtype: 4 }, { data_offsets: [0] }, { shape: [0.5] }])
      expect(failure(one(change))).toMatchObject({ code: 'HEADER', message: expect.stringContaining("'x'") })
    expect(failure(one({ dtype: 'F4' }))).toMatchObject({ code: 'DTYPE', message: expect.stringContaining('F4') })
    expect(failure(one({ dtype: 'toString' }))).toMatchObject({ code: 'DTYPE' })
    expect(failure(one({ shape: [2] })).message).toBe(
      "array 'x' [2] of F32 takes 8 bytes, not bytes 0 to 4: get the file again",
    )
    expect(failure(one({ data_offsets: [4, 0] }))).toMatchObject({ code: 'OFFSETS' })
  })

  it('takes no name twice, however it is written', () => {
    const w = (dtype: string, count: number, from: number, to: number, name = 'w'): string =>
      `"${name}":{"dtype":"${dtype}","shape":[${count}],"data_offsets":[${from},${to}]}`
    const zeros = Array<number>(8).fill(0)
    const twice = { code: 'HEADER', message: "'w' stands twice in the header: one name, one array: get the file again" }
    expect(failure(file(`{${w('F32', 1, 0, 4)},${w('F32', 1, 4, 8)}}`, zeros))).toEqual(twice)
    expect(failure(file(`{${w('F32', 2, 0, 8)},${w('F64', 1, 0, 8)}}`, zeros))).toEqual(twice)
    expect(failure(file(`{${w('F32', 1, 0, 4)} , ${w('F32', 1, 4, 8, '\\u0077')}}`, zeros))).toEqual(twice)
    const inner = '{"__metadata__":{"a":"{","b":"w\\":","a":""}}'
    expect(failure(file(inner))).toMatchObject({ code: 'HEADER', message: expect.stringContaining("'a'") })
    // the same name in another object, and texts that look like names
    const one = `{"__metadata__":{"w":"\\"w\\":{","dtype":"w"},${w('F64', 1, 0, 8)}}`
    expect(Object.keys(decodeSafetensors(file(one, zeros)).tensors)).toEqual(['w'])
  })

  it('takes no arrays that overlap or leave bytes over', () => {
    const two = (a: number[], b: number[], length = 8): DecodedFile =>
      decodeSafetensors(
        file(
          {
            a: { dtype: 'U8', shape: [a[1] - a[0]], data_offsets: a },
            b: { dtype: 'U8', shape: [b[1] - b[0]], data_offsets: b },
          },
          Array<number>(length).fill(0),
        ),
      )
    expect(Object.keys(two([4, 8], [0, 4]).tensors)).toEqual(['b', 'a'])
    expect(() => two([0, 5], [4, 8])).toThrow("array 'b' overlaps the one before it at byte 4")
    expect(() => two([0, 3], [4, 8])).toThrow('bytes 3 to 4 belong to no array')
    expect(() => two([0, 4], [4, 7])).toThrow('bytes 7 to 8 belong to no array')
    expect(() => two([0, 4], [4, 9])).toThrow("array 'b' ends at byte 9, the numbers of the file at 8")
    expect(() => two([1, 4], [4, 8])).toThrow('bytes 0 to 1 belong to no array')
  })
})
