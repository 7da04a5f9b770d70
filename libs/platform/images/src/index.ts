export { ImagesModule, pictureLimits } from './images.module.js';
export { DECODER, decodeRaster, encodeAs, openRaster } from './picture.decode.js';
export type { PictureRefusal, PictureRefusalCode } from './picture.refusals.js';
export {
  PICTURE_FORMATS,
  type DerivativeRecipe,
  type DerivativeRights,
  type OutsideChange,
  type PictureFacts,
  type PictureFormat,
  type PictureLabel,
  type PictureLimits,
  type PictureMask,
  type PictureRights,
  type PixelDigest,
  type Raster,
  type RenderedPicture,
  type RootChange,
  type RootRegion,
} from './picture.types.js';
export { Pictures, type PicturesOptions } from './pictures.js';
export type { MaskRefusal } from './pixels/mask.refusals.js';
export { rasteriseMask, span } from './pixels/mask.raster.js';
export { compareRasters } from './pixels/pixel.compare.js';
