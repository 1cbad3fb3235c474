import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { textWidth } from './text-width.ts'

// the font's own tables: cmap (format 12) from characters to glyphs, hmtx from glyphs to advances
const font = readFileSync(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'))
const tables = new Map(
  Array.from({ length: font.readUInt16BE(4) }, (_, i) => {
    const entry = 12 + 16 * i
    return [font.toString('latin1', entry, entry + 4), font.readUInt32BE(entry + 8)]
  }),
)
const cmap = tables.get('cmap')!
const subtables = Array.from(
  { length: font.readUInt16BE(cmap + 2) },
  (_, i) => cmap + font.readUInt32BE(cmap + 8 + 8 * i),
)
const segments = subtables.find((at) => font.readUInt16BE(at) === 12)!
const longAdvances = font.readUInt16BE(tables.get('hhea')! + 34)

const advance = (character: number): number => {
  for (let i = 0; i < font.readUInt32BE(segments + 12); i++) {
    const at = segments + 16 + 12 * i
    const [first, last, glyph] = [font.readUInt32BE(at), font.readUInt32BE(at + 4), font.readUInt32BE(at + 8)]
    if (character >= first && character <= last) {
      return font.readUInt16BE(tables.get('hmtx')! + 4 * Math.min(glyph + character - first, longAdvances - 1))
    }
  }
  throw new Error(`no glyph for ${character}`)
}

test('every listed width is the one in the font', () => {
  const ascii = Array.from({ length: 95 }, (_, i) => String.fromCodePoint(0x20 + i))
  const greek = Array.from({ length: 57 }, (_, i) => String.fromCodePoint(0x391 + i)).filter(
    (letter) => letter !== '\u03a2',
  )
  for (const character of [...ascii, ...greek, ...Array.from('⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄→←↔−×≤≥≈±–—‘’“”…°·\u0302')]) {
    expect(textWidth(character, 2048), character).toBe(advance(character.codePointAt(0)!))
  }
})

test('widths add up and grow with the size', () => {
  expect(textWidth('', 12)).toBe(0)
  expect(textWidth('ab', 12)).toBeCloseTo(textWidth('a', 12) + textWidth('b', 12), 12)
  expect(textWidth('ab', 24)).toBeCloseTo(2 * textWidth('ab', 12), 12)
})
