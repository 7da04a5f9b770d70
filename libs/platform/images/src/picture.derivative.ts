import { encodeAs, openPicture } from './picture.decode.js';
import type { DerivativeRecipe, DerivativeRights, PictureLimits, RenderedPicture } from './picture.types.js';
import { drawLabel } from './label/picture.label.js';
import { writeXmp } from './rights/xmp.writer.js';

const WHITE = '#ffffff';

/** The picture inside a square of `sidePx`, as JPEG in sRGB on white, without any metadata; never scaled up. */
export async function thumbnail(bytes: Uint8Array, sidePx: number, limits: PictureLimits): Promise<RenderedPicture> {
  const pipeline = openPicture(bytes, limits)
    .autoOrient()
    .resize({ width: sidePx, height: sidePx, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: WHITE })
    .toColourspace('srgb')
    .jpeg({ quality: 80, mozjpeg: false });
  const { data, info } = await pipeline.toBuffer({ resolveWithObject: true });
  return { bytes: data, format: 'jpeg', width: info.width, height: info.height };
}

/**
 * The file that is exported, before it is signed: oriented, scaled down, in the colours asked for, with the rights given and none of the
 * source's metadata. Same picture and recipe, same bytes. Null: the label does not fit into it.
 */
export async function derivative(bytes: Uint8Array, recipe: DerivativeRecipe, limits: PictureLimits): Promise<RenderedPicture | null> {
  const { format, quality, maxWidth, maxHeight, rights } = recipe;
  let pipeline = openPicture(bytes, limits).autoOrient();
  if (maxWidth !== undefined || maxHeight !== undefined) {
    pipeline = pipeline.resize({ width: maxWidth, height: maxHeight, fit: 'inside', withoutEnlargement: true });
  }
  if (recipe.label) {
    const drawn = await drawLabel(recipe.label, await sizeOf(bytes, recipe, limits));
    if (drawn === null) return null;
    const { data, width, height, channels } = drawn.overlay;
    pipeline = pipeline.composite([{ input: Buffer.from(data), raw: { width, height, channels }, left: drawn.left, top: drawn.top }]);
  }
  if (format === 'jpeg' || recipe.background !== undefined) pipeline = pipeline.flatten({ background: recipe.background ?? WHITE });
  pipeline = recipe.colour === 'keep' ? pipeline.keepIccProfile() : pipeline.toColourspace('srgb').withIccProfile('srgb');
  pipeline = pipeline.withXmp(writeXmp(rights));
  const exif = exifOf(rights);
  if (exif) pipeline = pipeline.withExif(exif);
  const { data, info } = await encodeAs(pipeline, format, quality).toBuffer({ resolveWithObject: true });
  return { bytes: data, format, width: info.width, height: info.height };
}

/** What the resizing comes to; at most a pixel less each way, which the label's distance from the edges bears. */
async function sizeOf(
  bytes: Uint8Array,
  { maxWidth, maxHeight }: DerivativeRecipe,
  limits: PictureLimits,
): Promise<{ readonly width: number; readonly height: number }> {
  const { autoOrient } = await openPicture(bytes, limits).metadata();
  const { width, height } = autoOrient;
  const scale = Math.min(1, (maxWidth ?? width) / width, (maxHeight ?? height) / height);
  return { width: Math.floor(width * scale), height: Math.floor(height * scale) };
}

function exifOf({ creator, copyright, description }: DerivativeRights): { IFD0: Record<string, string> } | null {
  const fields = { Artist: creator, Copyright: copyright, ImageDescription: description };
  const said = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  return said.length === 0 ? null : { IFD0: Object.fromEntries(said) };
}
