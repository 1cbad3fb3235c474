/**
 * The opcodes of the WebAssembly instructions that the kernels use, by value type and by shape of the instruction.
 * Numbers only: what an instruction takes and gives is said in `scalar-instructions.ts` and `vector-instructions.ts`.
 * Source: WebAssembly core specification 3.0, chapter "Binary format: instructions"; threads proposal for the atomics.
 */

/** i32 × i32 → i32 (comparisons give 0 or 1). */
// prettier-ignore
export const i32Binary = {
  eq: 0x46, ne: 0x47, ltS: 0x48, ltU: 0x49, gtS: 0x4a, gtU: 0x4b, leS: 0x4c, leU: 0x4d, geS: 0x4e, geU: 0x4f,
  add: 0x6a, sub: 0x6b, mul: 0x6c, divS: 0x6d, divU: 0x6e, remS: 0x6f, remU: 0x70,
  and: 0x71, or: 0x72, xor: 0x73, shl: 0x74, shrS: 0x75, shrU: 0x76, rotl: 0x77, rotr: 0x78,
} as const

/** i32 → i32. */
// prettier-ignore
export const i32Unary = { eqz: 0x45, clz: 0x67, ctz: 0x68, popcnt: 0x69 } as const

/** f32 × f32 → f32. */
// prettier-ignore
export const f32Binary = { add: 0x92, sub: 0x93, mul: 0x94, div: 0x95, min: 0x96, max: 0x97, copysign: 0x98 } as const

/** f32 × f32 → i32. */
// prettier-ignore
export const f32Compare = { eq: 0x5b, ne: 0x5c, lt: 0x5d, gt: 0x5e, le: 0x5f, ge: 0x60 } as const

/** f32 → f32. */
// prettier-ignore
export const f32Unary = { abs: 0x8b, neg: 0x8c, ceil: 0x8d, floor: 0x8e, trunc: 0x8f, nearest: 0x90, sqrt: 0x91 } as const

/** f64 × f64 → f64. */
// prettier-ignore
export const f64Binary = { add: 0xa0, sub: 0xa1, mul: 0xa2, div: 0xa3, min: 0xa4, max: 0xa5, copysign: 0xa6 } as const

/** f64 × f64 → i32. */
// prettier-ignore
export const f64Compare = { eq: 0x61, ne: 0x62, lt: 0x63, gt: 0x64, le: 0x65, ge: 0x66 } as const

/** f64 → f64. */
// prettier-ignore
export const f64Unary = { abs: 0x99, neg: 0x9a, ceil: 0x9b, floor: 0x9c, trunc: 0x9d, nearest: 0x9e, sqrt: 0x9f } as const

/** Whole-register logic, v128 × v128 → v128. `andnot(a, b)` is a & ~b. */
// prettier-ignore
export const v128Binary = { and: 0x4e, andnot: 0x4f, or: 0x50, xor: 0x51 } as const

/** Four f32 lanes, v128 × v128 → v128; comparisons give lanes of all ones or all zeros. */
// prettier-ignore
export const f32x4Binary = {
  eq: 0x41, ne: 0x42, lt: 0x43, gt: 0x44, le: 0x45, ge: 0x46,
  add: 0xe4, sub: 0xe5, mul: 0xe6, div: 0xe7, min: 0xe8, max: 0xe9, pmin: 0xea, pmax: 0xeb,
  relaxedMin: 0x10d, relaxedMax: 0x10e,
} as const

/** Four f32 lanes, v128 → v128 (`demoteF64x2Zero` reads two f64, `convert…` four i32). */
// prettier-ignore
export const f32x4Unary = {
  demoteF64x2Zero: 0x5e, ceil: 0x67, floor: 0x68, trunc: 0x69, nearest: 0x6a, abs: 0xe0, neg: 0xe1, sqrt: 0xe3,
  convertI32x4S: 0xfa, convertI32x4U: 0xfb,
} as const

/** Two f64 lanes, v128 × v128 → v128. */
// prettier-ignore
export const f64x2Binary = {
  eq: 0x47, ne: 0x48, lt: 0x49, gt: 0x4a, le: 0x4b, ge: 0x4c,
  add: 0xf0, sub: 0xf1, mul: 0xf2, div: 0xf3, min: 0xf4, max: 0xf5, pmin: 0xf6, pmax: 0xf7,
  relaxedMin: 0x10f, relaxedMax: 0x110,
} as const

/** Two f64 lanes, v128 → v128 (`promoteLowF32x4` reads f32, `convertLow…` i32). */
// prettier-ignore
export const f64x2Unary = {
  promoteLowF32x4: 0x5f, ceil: 0x74, floor: 0x75, trunc: 0x7a, nearest: 0x94, abs: 0xec, neg: 0xed, sqrt: 0xef,
  convertLowI32x4S: 0xfe, convertLowI32x4U: 0xff,
} as const

/** Four i32 lanes, v128 × v128 → v128. */
// prettier-ignore
export const i32x4Binary = {
  eq: 0x37, ne: 0x38, ltS: 0x39, ltU: 0x3a, gtS: 0x3b, gtU: 0x3c, leS: 0x3d, leU: 0x3e, geS: 0x3f, geU: 0x40,
  add: 0xae, sub: 0xb1, mul: 0xb5, minS: 0xb6, minU: 0xb7, maxS: 0xb8, maxU: 0xb9, dotI16x8S: 0xba,
} as const

/** Four i32 lanes, v128 → v128. */
// prettier-ignore
export const i32x4Unary = {
  abs: 0xa0, neg: 0xa1, truncSatF32x4S: 0xf8, truncSatF32x4U: 0xf9,
  extendLowI16x8S: 0xa7, extendHighI16x8S: 0xa8, extendLowI16x8U: 0xa9, extendHighI16x8U: 0xaa,
} as const

/** Four i32 lanes shifted by one i32 count, v128 × i32 → v128. */
// prettier-ignore
export const i32x4Shift = { shl: 0xab, shrS: 0xac, shrU: 0xad } as const

/** a · b + c and c − a · b, rounded once or twice as the machine likes (relaxed SIMD). */
// prettier-ignore
export const f32x4Fused = { relaxedMadd: 0x105, relaxedNmadd: 0x106 } as const

/** The same on two f64 lanes. */
// prettier-ignore
export const f64x2Fused = { relaxedMadd: 0x107, relaxedNmadd: 0x108 } as const

/** Loads of a v128: `[opcode, natural alignment in bytes]`. */
// prettier-ignore
export const v128Loads = {
  load: [0x00, 16], load8x8S: [0x01, 8], load8x8U: [0x02, 8], load16x4S: [0x03, 8], load16x4U: [0x04, 8],
  load8Splat: [0x07, 1], load16Splat: [0x08, 2], load32Splat: [0x09, 4], load64Splat: [0x0a, 8],
  load32Zero: [0x5c, 4], load64Zero: [0x5d, 8],
} as const

/** i32 atomics that read, change and give the old value back. */
// prettier-ignore
export const i32AtomicRmw = { add: 0x1e, sub: 0x25, and: 0x2c, or: 0x33, xor: 0x3a, xchg: 0x41 } as const
