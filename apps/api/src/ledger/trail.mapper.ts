import type { TrailCompleteness } from '@imprimatur/domain/ledger';
import type { LineageMember } from '@imprimatur/flows/trails';
import { toPublicId } from '@imprimatur/kernel';

const RELATIONS: Readonly<Record<LineageMember['relation'], string>> = {
  self: 'SELF',
  'same-picture': 'SAME_PICTURE',
  export: 'EXPORT',
  'claimed-export': 'CLAIMED_EXPORT',
};

/** `complete` is asked only by whoever selects it. */
export function toTrailAsset({ asset, relation, of }: LineageMember, complete: () => Promise<object | null>): object {
  return { asset: toPublicId('asset', asset), relation: RELATIONS[relation], of: of && toPublicId('asset', of), complete };
}

export function toComplete(complete: TrailCompleteness | undefined): object | null {
  if (!complete) return null;
  const { seqFrom, seqTo, isComplete, gaps, breaks } = complete;
  return { seqFrom, seqTo, isComplete, gaps, breaks };
}
