import { describe, expect, it } from 'vitest'
import { imageNetResNet } from './resnet.ts'
import { stageDiagram, stagesOf } from './stages.ts'

describe('the stages of ResNet-152', () => {
  const net = imageNetResNet(152)
  const stages = stagesOf(net)

  it('are those of table 1', () => {
    expect(stages.map(({ name, output, blocks, layers }) => [name, output.join('×'), blocks, layers])).toEqual([
      ['conv1', '64×56×56', 0, 1],
      ['layer1', '256×56×56', 3, 9],
      ['layer2', '512×28×28', 8, 24],
      ['layer3', '1024×14×14', 36, 108],
      ['layer4', '2048×7×7', 3, 9],
      ['fc', '1000', 0, 1],
    ])
  })

  it('add up to the network', () => {
    const sum = (count: 'layers' | 'parameters' | 'multiplications') =>
      stages.reduce((all, stage) => all + stage[count], 0)
    expect([sum('layers'), sum('parameters')]).toEqual([152, 60_192_808])
    expect(sum('multiplications')).toBe(net.multiplications)
  })

  it('are drawn with three strokes for each of the 50 blocks', () => {
    const { svg } = stageDiagram(net, 'ResNet-152')
    expect(svg.match(/fill="#225588"/g)).toHaveLength(50)
    expect(svg.match(/fill="#88aacc"/g)).toHaveLength(100)
    expect(svg).toContain('>60.19<')
  })
})
