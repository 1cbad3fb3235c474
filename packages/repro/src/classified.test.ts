import { expect, test } from 'vitest'
import { type Classified, reportClassified } from './classified.ts'
import type { Measured } from './row.ts'

const told = (classified: Classified) => {
  const rows: Measured[] = []
  const files: Record<string, unknown> = {}
  reportClassified(
    { row: (row) => void rows.push(row), file: (name, content) => void (files[name] = content) },
    classified,
  )
  return { rows, files }
}
// a softmax of log p is p
const outputs = [0.5, 0.25, 0.25, 0.1, 0.2, 0.7, 0.3, 0.6, 0.1].map(Math.log)
const classes = ['cat', 'dog', 'a "fish", wet']

test('a line for each image, with the two likeliest classes and their shares', () => {
  const { rows, files } = told({ method: 'net', files: ['x/1.png', 'x/2.png', 'x/3, b.png'], outputs, classes })
  expect(files).toEqual({
    'classes.csv':
      'file,class,share,second class,share of it\n' +
      'x/1.png,cat,0.5000,dog,0.2500\n' +
      'x/2.png,"a ""fish"", wet",0.7000,dog,0.2000\n' +
      '"x/3, b.png",dog,0.6000,cat,0.3000\n',
  })
  expect(rows).toEqual([{ measure: 'images classified', method: 'net', value: 3 }])
})

test('images that were left out have no outputs and no line', () => {
  const files = ['x/0.png', 'x/1.png', 'x/2.png', 'x/3.png']
  const { rows, files: kept } = told({ method: 'net', files, skipped: [{ index: 1 }], outputs, classes })
  expect(rows[0].value).toBe(3)
  expect(String(kept['classes.csv']).match(/x\/\d/g)).toEqual(['x/0', 'x/2', 'x/3'])
})

test('folders that have the name of a class tell the truth', () => {
  const { rows } = told({ method: 'net', files: ['cat/1.png', 'cat/2.png', 'other/3.png'], outputs, classes })
  expect(rows[1]).toMatchObject({ measure: 'error', count: 1, total: 2, value: 50 })
})

test('outputs that are not those of the images are refused', () => {
  expect(() => told({ method: 'net', files: ['a/1.png'], outputs, classes })).toThrow(
    '9 outputs for 1 images of 3 classes',
  )
  expect(() => told({ method: 'net', files: ['a/1.png'], classes } as never)).toThrow('reportClassified needs outputs')
})
