// What axe says of a page: contrast, labels, headings, roles.
import axe from 'axe-core'
import type { Page } from 'playwright'

/** What axe looks for. */
type Scope = 'everything' | 'contrast'

/** The violations on the page as it stands, one a line: rule, element, what is wrong. The colours of code are those of a theme made for
 * high contrast; its thousands of words are passed over. */
export async function violationsOn(page: Page, scope: Scope = 'everything'): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async (looked) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']
    const rules = looked === 'contrast' ? ['color-contrast'] : undefined
    const runOnly = rules ? { type: 'rule' as const, values: rules } : { type: 'tag' as const, values: tags }
    const { violations } = await axe.run({ exclude: ['.shiki span'] }, { resultTypes: ['violations'], runOnly })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary.replaceAll('\n', ' ')}`,
      ),
    )
  }, scope)
}
