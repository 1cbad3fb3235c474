// IEEE 754 half precision: 1 bit of sign, 5 of exponent, 10 of fraction. Node 22 has no Float16Array.

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** The value of half-precision bits. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 31
  const fraction = half & 1023
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

/** The bits of the half-precision number nearest to a single-precision one, ties to even; beyond 65,519.99… that is infinity. */
export function toHalf(value: number): number {
  float[0] = value
  const word = bits[0]
  const sign = (word >>> 16) & 0x8000
  const magnitude = word & 0x7fffffff
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00)
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude >= 0x38800000) {
    // normal: the 13 bits that go are rounded to even; a carry runs on into the exponent, as it must
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
  }
  // below 2^-14: a multiple of 2^-24; adding 1/2 in single precision, whose last bit there is 2^-24, rounds to even
  float[0] = Math.abs(float[0]) + 0.5
  return sign | (bits[0] - 0x3f000000)
}
