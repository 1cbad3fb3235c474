// One page for each app of the lecture.
import { experimentPage } from '../tools/experiment-page.ts'
import { present } from '../tools/present.ts'
import { lecture } from './lecture.ts'

export default {
  watch: ['../../apps/*/README.md', '../../apps/*/src/main.ts', '../../apps/*/summaries/*.json', './ideas/*.md'],
  paths: () => Promise.all(present(lecture).map(experimentPage)),
}
