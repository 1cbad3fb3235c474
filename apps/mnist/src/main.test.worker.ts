// The worker of a page in which the app runs, its budget cut down to what a test can wait for.
import { serveExperiment } from '@scatterlab/repro/page'
import mnist from './main.ts'

const quick = { trainingSizes: [300], convNet: { steps: 20, passes: 1 } }
serveExperiment({ ...mnist, budgets: { quick, full: { ...quick, convNet: { steps: 1e6, passes: 1 } } } })
