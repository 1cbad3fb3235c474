// FITS files for tests: a header of these lines, in order, and numbers as BITPIX says (as floats where it says nothing of floats).

const BLOCK = 2880

/** The bytes of a FITS file of 32-bit floats, or of 64-bit ones where BITPIX is −64. */
export function fitsFile(header: Readonly<Record<string, number | string>>, numbers: readonly number[]): Uint8Array {
  const lines = [['SIMPLE', 'T'], ...Object.entries(header)].map(([name, value]) =>
    `${String(name).padEnd(8)}= ${String(value).padStart(20)}`.padEnd(80),
  )
  const text = [...lines, 'END'.padEnd(80)].join('')
  const start = Math.ceil(text.length / BLOCK) * BLOCK
  const size = header.BITPIX === -64 ? 8 : 4
  const bytes = new Uint8Array(start + Math.ceil((numbers.length * size) / BLOCK) * BLOCK)
  bytes.set(new TextEncoder().encode(text.padEnd(start)))
  const view = new DataView(bytes.buffer, start)
  numbers.forEach((v, i) => (size === 8 ? view.setFloat64(i * size, v) : view.setFloat32(i * size, v)))
  return bytes
}
