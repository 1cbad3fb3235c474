// What the slide and the papers behind it print. None of it is measured here.

/** Networks of He et al. (2016): layers, parameters in millions, multiplications in billions for one image (tables 1 and 6). */
export const published = {
  'ResNet-152': { layers: 152, parameters: 60.2, multiplications: 11.3 },
  'ResNet-110': { layers: 110, parameters: 1.7, multiplications: null },
  'ResNet-20': { layers: 20, parameters: 0.27, multiplications: null },
} as const

/**
 * Test error of ResNet-20 on CIFAR-10 in per cent, after 64,000 steps (table 6). The slide’s 4.49 % is the top-5 error of ResNet-152 on
 * ImageNet’s validation images (table 4), which takes the data set and weeks of GPUs.
 */
export const cifarError = 8.75
