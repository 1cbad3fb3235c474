import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pickledBatch } from '../sets/cifar10-pickle.test.builder.ts'
import { DatasetError } from '../errors.ts'
import { readPickle } from './pickle.ts'

/** A pickle of protocol 2 with this body: text gives its bytes, numbers are bytes. */
const pickle = (...body: readonly (string | number)[]): Uint8Array =>
  Uint8Array.from([
    0x80,
    2,
    ...body.flatMap((part) => (typeof part === 'number' ? [part] : Array.from(part, (c) => c.charCodeAt(0)))),
  ])
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))

describe('readPickle', () => {
  // what python -c "import pickle; pickle.dumps(…, 2)" writes for such values, with Python 2's strings
  it.each([
    ['an integer of one byte', pickle('K', 255, '.'), 255],
    ['of two bytes', pickle('M', 0x10, 0x27, '.'), 10_000],
    ['of four bytes', pickle('J', 0xfe, 0xff, 0xff, 0xff, '.'), -2],
    ['a short string', pickle('U', 3, 'abc', 'q', 1, '.'), bytes('abc')],
    ['a long string', pickle('T', 3, 0, 0, 0, 'abc', '.'), bytes('abc')],
    ['a list', pickle(']', 'q', 1, '(', 'K', 1, 'K', 2, 'e', '.'), [1, 2]],
    ['an empty list', pickle(']', '.'), []],
    ['a list in two parts', pickle(']', '(', 'K', 1, 'e', '(', 'K', 2, 'e', '.'), [1, 2]],
    [
      'a dictionary of lists',
      pickle('}', 'q', 1, '(', 'U', 1, 'a', ']', '(', 'K', 7, 'e', 'U', 1, 'b', 'K', 8, 'r', 0, 1, 0, 0, 'u', '.'),
      new Map<string, unknown>([
        ['a', [7]],
        ['b', 8],
      ]),
    ],
  ])('reads %s', (_, content, value) => {
    expect(readPickle(content)).toEqual(value)
  })

  it('reads a batch of images', () => {
    const records = Uint8Array.from({ length: 2 * 3073 }, (_, i) => (i % 3073 === 0 ? 4 : i % 251))
    const value = readPickle(pickledBatch(records, 'two images', ['one.png', 'two.png']))
    expect(value).toEqual(
      new Map<string, unknown>([
        ['batch_label', bytes('two images')],
        ['labels', [4, 4]],
        ['data', { shape: [2, 3072], data: Uint8Array.of(...records.subarray(1, 3073), ...records.subarray(3074)) }],
        ['filenames', [bytes('one.png'), bytes('two.png')]],
      ]),
    )
  })

  it.each([
    ['a program that runs a command', pickle('cposix\nsystem\nU', 4, 'true', 0x85, 'R.'), /the name posix\.system/],
    ['one by its other spelling', pickle('(U', 4, 'true', 'iposix\nsystem\n.'), /the instruction 0x69/],
    ['a call of what is no function', pickle('K', 1, 'K', 2, 'R', '.'), /a call that the published files do not make/],
    ['a call of the array type', pickle('cnumpy\nndarray\n', 'K', 1, 0x85, 'R.'), /a call that/],
    ['a name of any object', pickle('c__proto__\nconstructor\n.'), /the name __proto__\.constructor/],
    ['a name by itself', pickle('cnumpy\nndarray\n.'), /a value that is not data/],
    ['none by itself', pickle('N.'), /a value that is not data/],
    ['a type other than bytes', pickle('cnumpy\ndtype\nU', 2, 'f4', 'K', 0, 'K', 1, 0x87, 'R.'), /a call that/],
    ['a later protocol', Uint8Array.of(0x80, 4, 0x95), /does not begin with protocol 2/],
    ['text', bytes('(dp1\n.'), /does not begin with protocol 2/],
    ['a reference', pickle('K', 1, 'q', 1, 'h', 1, '.'), /the instruction 0x68/],
    ['an addition without a list', pickle('K', 1, '(', 'K', 2, 'e.'), /list expected/],
    ['a pair without value', pickle('}(U', 1, 'a', 'u.'), /keys that are strings/],
    ['keys that are numbers', pickle('}(K', 1, 'K', 2, 'u.'), /keys that are strings/],
    ['no value', pickle('.'), /a value lacks/],
    ['no mark', pickle('}', 'u.'), /a mark lacks/],
    ['a value under its mark', pickle('K', 1, '(', 0x85, '.'), /a value lacks/],
    ['two values', pickle('K', 1, 'K', 2, '.'), /more than one value/],
    ['more after its end', pickle('K', 1, '.', 'K'), /more than one value/],
    ['a string of negative length', pickle('T', 0, 0, 0, 0xff, '.'), /negative length/],
    ['a long name', pickle('c', 'n'.repeat(100), '\n'), /a name of more than 64 bytes/],
    ['many levels', pickle('('.repeat(1000)), /more than 20 levels/],
    ['a state for a number', pickle('K', 1, 'K', 2, 'b.'), /no array of bytes/],
  ])('refuses %s', (_, content, message) => {
    expect(() => readPickle(content, 'batch')).toThrow(message)
    expect(() => readPickle(content, 'batch')).toThrow(expect.objectContaining({ code: 'FORMAT', file: 'batch' }))
  })

  it('refuses arrays that their bytes do not fill, or that are built twice', () => {
    const made = ['cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK', 0, 0x85, 'U', 1, 'b', 0x87, 'R']
    const type = ['cnumpy\ndtype\nU', 2, 'u1', 'K', 0, 'K', 1, 0x87, 'R']
    const build = (rows: number) => [...made, '(K', 1, 'K', rows, 0x85, ...type, 0x89, 'U', 2, 'ab', 'tb']
    expect(readPickle(pickle(...build(2), '.'))).toEqual({ shape: [2], data: bytes('ab') })
    expect(() => readPickle(pickle(...build(3), '.'))).toThrow(/no array of bytes/)
    expect(() => readPickle(pickle(...build(2), 'K', 1, 'b.'))).toThrow(/no array of bytes/)
  })

  it('knows where it was cut, at every place', () => {
    const whole = pickledBatch(
      Uint8Array.from({ length: 3073 }, (_, i) => i % 10),
      'one',
      ['a.png'],
    )
    for (const end of [...Array(300).keys(), whole.length - 2, whole.length - 1]) {
      const code = end === 0 ? 'EMPTY' : 'TRUNCATED'
      expect(() => readPickle(whole.subarray(0, end))).toThrow(expect.objectContaining({ code }))
    }
  })

  it('gives a value or a DatasetError for any bytes', () => {
    const opcodes = fc.constantFrom(...'qr(}]KMJUTNteucRb.\x85\x86\x87\x89'.split('').map((c) => c.charCodeAt(0)))
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: opcodes }, fc.nat(255)), { maxLength: 60 }), (body) => {
        try {
          readPickle(pickle(...body))
        } catch (error) {
          expect(error).toBeInstanceOf(DatasetError)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
