import { describe, expect, it } from 'vitest'
import { drawing } from './drawing.ts'
import { pixelsOf } from './pixels.test.reader.ts'

describe('drawing', () => {
  const content = '<rect x="10" y="5" width="20" height="10" fill="#ff0000"/>'

  it('puts the content under the title, inside the margin', () => {
    const { svg, width, height } = drawing({ content, width: 40, height: 20, title: 'A & B' })
    expect(svg).toContain(content)
    expect(svg).toContain('A &amp; B')
    expect([width, height].every((size) => size > 40)).toBe(true)
  })

  it('draws it as PNG, at its place', async () => {
    const pixels = await pixelsOf(drawing({ content, width: 40, height: 20 }))
    const [left, top] = [(pixels.width - 40) / 2, (pixels.height - 20) / 2]
    expect(pixels.at(left + 20, top + 10)).toBe('#ff0000')
    expect(pixels.at(left + 5, top + 10)).toBe('#ffffff')
  })

  it('refuses sizes that are none', () => {
    expect(() => drawing({ content, width: 0, height: 20 })).toThrow(
      'width is 0: it must be a number of pixels, 1 to 16384',
    )
    expect(() => drawing({ content, width: 10, height: NaN })).toThrow('height is NaN')
  })
})
