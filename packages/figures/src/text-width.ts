// How wide a text is in DejaVu Sans, so that layouts need no font engine and come out alike everywhere.
// Advance widths in 1/2048 em, from the font's own table; `text-width.test.ts` reads them there again.

const ascii = `
651 821 942 1716 1303 1946 1597 563 799 799 1024 1716 651 739 651 690 1303 1303 1303 1303 1303 1303 1303 1303 1303 1303
690 690 1716 1716 1716 1087 2048 1401 1405 1430 1577 1294 1178 1587 1540 604 604 1343 1141 1767 1532 1612 1235 1612 1423
1300 1251 1499 1401 2025 1403 1251 1403 799 690 799 1716 1024 1024 1255 1300 1126 1300 1260 721 1300 1298 569 569 1186
569 1995 1298 1253 1300 1300 842 1067 803 1298 1212 1675 1212 1212 1075 1303 690 1303 1716`

const greek = `
1401 1405 1141 1401 1294 1403 1540 1612 604 1343 1401 1767 1532 1294 1612 1540 1235 1229 1294 1251 1251 1612 1403 1612
1565 604 1251 1350 1107 1298 693 1185 1350 1307 1212 1253 1107 1114 1298 1253 693 1207 1212 1303 1144 1142 1253 1233
1300 1202 1298 1233 1185 1351 1183 1351 1715`

const advances = new Map<number, number>()
const enter = (first: number, widths: string): void =>
  widths
    .trim()
    .split(/\s+/)
    .forEach((width, i) => advances.set(first + i, Number(width)))
enter(0x20, ascii)
enter(0x391, greek)
for (const symbol of '⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄') advances.set(symbol.codePointAt(0)!, 821)
for (const symbol of '→←↔−×≤≥≈±') advances.set(symbol.codePointAt(0)!, 1716)
enter(0x207b, '1081')
enter(0x2013, '1024 2048')
enter(0x2018, '651 651')
enter(0x201c, '1061 1061')
enter(0x2026, '2048')
enter(0xb0, '1024')
enter(0xb7, '651')
enter(0x302, '0')

// wider than most letters: an unlisted character may leave a gap, never an overlap
const unlisted = 1500

/** The advance width of `text` set in DejaVu Sans at `size` pixels, without kerning. */
export const textWidth = (text: string, size: number): number => {
  let units = 0
  for (const character of text) units += advances.get(character.codePointAt(0)!) ?? unlisted
  return (units * size) / 2048
}
