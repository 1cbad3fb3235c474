import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { formulasIn } from './formulas.ts'
import { linkFrom, markdownTable, readmeAsPart } from './markdown.ts'
import { inlineScripts, withPolicy } from './policy.ts'

describe('a README as part of a page', () => {
  test('loses its first heading, and its others go down', () => {
    const readme = '# Digits\n\nText.\n\n## Fine print\n\n![a](../../docs/images/a.png)\n'
    expect(readmeAsPart(readme, { folder: 'apps/mnist', down: 1 })).toBe(
      'Text.\n\n### Fine print\n\n![a](../images/a.png)\n',
    )
  })

  test.each([
    ['apps/mnist', '../curse', '../experiments/curse.md'],
    ['apps/mnist', '../../packages/nn', '../packages/nn.md'],
    ['packages/nn', '../optim/README.md', '../packages/optim.md'],
    ['apps/mnist', '../../docs/speed.md', '../speed.md'],
    ['apps/curse', 'summaries/full.json', '#the-full-run'],
    ['apps/cifar10', 'summaries/without-learning.json', '#the-recipe-without-learning'],
    ['packages/gpu', 'https://example.org/x', 'https://example.org/x'],
  ])('in %s a link to %s leads to %s', (folder, target, here) => {
    expect(linkFrom(folder, target)).toBe(here)
  })

  test('may not link to what the site lacks', () => {
    expect(() => linkFrom('apps/mnist', '../../tools/bench.ts')).toThrow(/apps\/mnist\/README\.md links to .*bench\.ts/)
  })
})

test.each([
  ['‖S_J D_τ x‖ ≤ C‖∇τ‖∞', '‖<i>S</i><sub><i>J</i></sub> <i>D</i><sub><i>τ</i></sub> x‖ ≤ C‖∇τ‖<sub>∞</sub>'],
  ['ĥ(2^jω) Π_{k<j}, ε^-d', 'ĥ(2<sup><i>j</i></sup>ω) <i>Π</i><sub>k&lt;j</sub>, ε<sup>−d</sup>'],
  ['2^J_fr, 2^(−1/d), (Σ)^½', '2<sup><i>J</i><sub>fr</sub></sup>, 2<sup>(−1/d)</sup>, (Σ)<sup>½</sup>'],
  [
    'ψ̂_j and argmin_k ‖P_{V_k^⊥}x‖',
    '<i>ψ̂</i><sub><i>j</i></sub> and argmin<sub><i>k</i></sub> ‖<i>P</i><sub><i>V</i><sub><i>k</i></sub><sup>⊥</sup></sub>x‖',
  ],
  ['data_batch_1, a_long_name, x ∞ y', 'data_batch_1, a_long_name, x ∞ y'],
])('the formulas in "%s" get indices and powers', (text, html) => {
  expect(formulasIn(text)).toBe(html)
})

test('rows become a table', () => {
  const rows = [
    ['measure', 'method'],
    ['a, "b"', '|x|'],
    ['', '2'],
  ]
  expect(markdownTable(rows)).toBe('| measure | method |\n| --- | --- |\n| a, "b" | \\|x\\| |\n|  | 2 |')
})

test('the policy of a page names its inline scripts by hash, and nothing from elsewhere', () => {
  const html =
    '<head>\n<meta charset="utf-8">\n<script>let a = 1</script><script type="module" src="/x.js"></script></head>'
  expect(inlineScripts(html)).toEqual(['let a = 1'])
  const policy = /content="([^"]+)"/.exec(withPolicy(html))![1]!
  const hash = createHash('sha256').update('let a = 1').digest('base64')
  expect(policy).toContain(`script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}';`)
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toMatch(/https?:|\*|'unsafe-eval'/)
})
