// Generation with Deep Networks: a generator learns to draw images against a discriminator that learns to tell them from real ones; then walks
// and sums in the space of its points, and what can still be told apart. A recipe of its own looks for near copies in a set.
import { type Experiment, experiment } from '@scatterlab/repro'
import { searchDuplicates } from './duplicates.ts'
import { generate } from './generation.ts'
import { imagesOf } from './images.ts'
import { type Recipe, fullRecipe, recipes, shortRecipe } from './recipe.ts'

const dcgan: Experiment<Recipe> = experiment<Recipe>({
  name: 'dcgan',
  slide: 'Generation with Deep Networks',
  claim: 'a generator grows images from numbers; straight lines between them pass from image to image',
  budgets: { quick: shortRecipe, full: fullRecipe },
  recipes,
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run(context) {
    const { generation, duplicates } = context.budget
    if (generation) await generate(generation, await imagesOf(generation.set, context), context)
    if (duplicates) await searchDuplicates(duplicates, await imagesOf(duplicates.set, context), context)
  },
})

export default dcgan
