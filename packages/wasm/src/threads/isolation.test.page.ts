// Which of the two kinds of pages these tests run in: cross-origin isolated or not, as the test configuration meant it.
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    readonly isolated: boolean
  }
}

/** Whether the page was served so that memory can be shared. */
export const isolated: boolean = inject('isolated')
