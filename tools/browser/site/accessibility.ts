// What axe says of a page: contrast, labels, headings, roles.
import axe from 'axe-core'
import type { Page } from 'playwright'

/** The violations on the page as it stands, one a line: rule, element, what is wrong. */
export async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']
    const { violations } = await axe.run(document, { resultTypes: ['violations'], runOnly: tags })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary.replaceAll('\n', ' ')}`,
      ),
    )
  })
  return found
}
