import type { AssetService } from '@imprimatur/domain/assets';
import type { MaskBox, NewTurn, TargetMask, TurnTarget } from '@imprimatur/domain/editing';
import { notFound, ok, parseId, refuse, type Result } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';

interface MaskInput {
  readonly asset: string;
  readonly box?: Omit<MaskBox, 'kind'> | null;
  readonly png?: string | null;
}

/** A turn as the API is told it, whether it is submitted or only asked about. */
export interface TurnInput {
  readonly session: string;
  readonly prompt: string;
  readonly targets: readonly { readonly asset: string; readonly version?: string | null }[];
  readonly masks: readonly MaskInput[];
}

export async function wishOf(read: ReadContext, assets: AssetService, input: TurnInput): Promise<Result<NewTurn>> {
  const session = parseId('session', input.session);
  if (!session) return refuse(notFound('session'));
  const targets = await targetsOf(read, assets, input);
  if (!targets.ok) return targets;
  const masks = masksOf(input.masks);
  return masks.ok ? ok({ session, prompt: input.prompt, targets: targets.value, masks: masks.value }) : masks;
}

async function targetsOf(read: ReadContext, assets: AssetService, input: TurnInput): Promise<Result<readonly TurnTarget[]>> {
  const targets: TurnTarget[] = [];
  for (const { asset, version } of input.targets) {
    const assetId = parseId('asset', asset);
    const versionId = version ? parseId('version', version) : undefined;
    if (!assetId || versionId === null) return refuse(notFound(assetId ? 'version' : 'picture'));
    const target = await assets.findTarget(read, assetId, versionId);
    if (!target.ok) return target;
    targets.push(target.value);
  }
  return ok(targets);
}

function masksOf(inputs: readonly MaskInput[]): Result<readonly TargetMask[]> {
  const masks: TargetMask[] = [];
  for (const { asset, box, png } of inputs) {
    const assetId = parseId('asset', asset);
    const mask = png ? parseId('mask', png) : null;
    if (!assetId) return refuse(notFound('picture'));
    if (png && !mask) return refuse(notFound('mask'));
    if (mask) masks.push({ asset: assetId, mask });
    else if (box) masks.push({ asset: assetId, shape: { kind: 'box', ...box } });
    else
      return refuse({
        code: 'MASK_EMPTY',
        message: 'A mask has neither a box nor a drawn mask.',
        remedy: 'Give a box, or the id that POST /masks answered.',
      });
  }
  return ok(masks);
}
