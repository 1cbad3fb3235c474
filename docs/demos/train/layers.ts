/** What is looked at in the network, from the pixels up; the names that its layers have. */
export const layers = ['pixels', 'layer 1', 'layer 2', 'classes'] as const
