// The pictures of ρ: where it does something, and the first filters of the tree.
import { type Figure, filterMosaic, linePlot } from '@scatterlab/figures'
import type { Weights } from '@scatterlab/nn'
import type { TreeMap } from './rho.ts'

/** The share of each map's energy that ρ changes, against how near its filter is to an average. */
export function rhoPlot(maps: readonly TreeMap[]): Figure {
  const levels = [...new Set(maps.map(({ level }) => level))]
  return linePlot({
    title: 'What ρ changes in the learned tree, map by map',
    series: levels.map((level) => {
      const own = maps.filter((map) => map.level === level)
      return {
        label: `level ${level + 1}: ${own.length} maps`,
        x: own.map(({ lowPass }) => lowPass),
        y: own.map(({ changed }) => 100 * changed),
        line: false,
        markers: true,
      }
    }),
    x: {
      label: 'Σw / Σ|w| of the filter: 0 band-pass, 1 average',
      domain: [-1.04, 1.04],
      ticks: [-1, -0.5, 0, 0.5, 1],
    },
    y: { label: 'energy changed by ρ, %', domain: [-3, 103], ticks: [0, 25, 50, 75, 100] },
  })
}

/** The filters of the first level, the most averaging first. */
export function firstFilters(weights: Weights, maps: readonly TreeMap[]): Figure {
  const filters = weights.parameters['conv1.weight'].toTypedArray()
  const first = maps.filter(({ level }) => level === 0).toSorted((a, b) => b.lowPass - a.lowPass)
  return filterMosaic({
    title: 'The first filters of the learned tree',
    filters: first.map(({ map, lowPass, changed }) => ({
      data: filters.slice(map * 25, (map + 1) * 25),
      shape: [5, 5],
      caption: `${lowPass.toFixed(2)}: ${(100 * changed).toFixed(0)} %`,
    })),
    columns: first.length,
    scale: 16,
  })
}
