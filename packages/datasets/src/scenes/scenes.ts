// Re-exports only: scenes with a class for each pixel. They have an entry point of their own because of the image decoders.
export { camVid, type CamVidOptions } from './cam-vid.ts'
export { streets, type StreetsOptions } from './streets.ts'
export { SCENE_CLASSES, SCENE_COLOURS, UNLABELLED, type LabelledScenes, type SceneSet } from './scene-set.ts'
