// The page's own module worker, in which the same transform runs.
import { outcome } from './outcome.ts'

postMessage(await outcome())
