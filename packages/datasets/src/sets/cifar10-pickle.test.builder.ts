// Writes a batch of CIFAR-10 as Python 2's cPickle did, byte for byte, for tests: with the published images, labels and
// names the result has the published checksum. The reader is elsewhere.

const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0))
const u16 = (value: number): number[] => [value & 0xff, value >> 8]
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)]
const shortString = (text: string): number[] => [0x55, text.length, ...ascii(text)]

/** The pickle of `records` of the binary version; `changes` make it a wrong one. */
export function pickledBatch(
  records: Uint8Array,
  label: string,
  names: readonly string[],
  changes: { rows?: number; columns?: number; labels?: string } = {},
): Uint8Array {
  const count = records.length / 3073
  const { rows = count, columns = 3072, labels = 'labels' } = changes
  let memos = 0
  const put = (): number[] => (++memos < 256 ? [0x71, memos] : [0x72, ...u32(memos)])
  const list = (count: number, item: (i: number) => number[]): number[] => {
    const out = [0x5d, put()].flat()
    for (let i = 0; i < count; i++) {
      if (i % 1000 === 0) out.push(0x28)
      out.push(...item(i))
      if (i % 1000 === 999 || i === count - 1) out.push(0x65)
    }
    return out
  }
  const head = [
    [0x80, 2, 0x7d, put(), 0x28].flat(),
    [shortString('batch_label'), put(), shortString(label), put()].flat(),
    [shortString(labels), put(), list(count, (record) => [0x4b, records[record * 3073]])].flat(),
    [shortString('data'), put(), ascii('cnumpy.core.multiarray\n_reconstruct\n'), put()].flat(),
    [ascii('cnumpy\nndarray\n'), put(), 0x4b, 0, 0x85, shortString('b'), 0x87, 0x52, put()].flat(),
    [0x28, 0x4b, 1, integer(rows), integer(columns), 0x86, ascii('cnumpy\ndtype\n'), put()].flat(),
    [shortString('u1'), 0x4b, 0, 0x4b, 1, 0x87, 0x52, put(), 0x28, 0x4b, 3, shortString('|')].flat(),
    [0x4e, 0x4e, 0x4e, 0x4a, u32(-1), 0x4a, u32(-1), 0x4b, 0, 0x74, 0x62].flat(),
    [0x89, 0x54, u32(count * 3072)].flat(),
  ].flat()
  const tail = [
    [0x74, 0x62, shortString('filenames'), put()].flat(),
    list(names.length, (i) => [...shortString(names[i]), ...put()]),
    [0x75, 0x2e],
  ].flat()
  const bytes = new Uint8Array(head.length + count * 3072 + tail.length)
  bytes.set(head)
  for (let record = 0; record < count; record++) {
    bytes.set(records.subarray(record * 3073 + 1, (record + 1) * 3073), head.length + record * 3072)
  }
  bytes.set(tail, bytes.length - tail.length)
  return bytes
}

const integer = (value: number): number[] => (value < 256 ? [0x4b, value] : [0x4d, ...u16(value)])
