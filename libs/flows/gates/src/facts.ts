import type { Lexicon, Operation, PurposeFacts, RequestFacts, RightsFacts } from '@imprimatur/formats/policy';
import { sourceRights } from '@imprimatur/domain/assets';
import type { Mask } from '@imprimatur/domain/editing';
import { ConsentService, countUncovered, kindsOfChange, overlaps, type FaceConsent } from '@imprimatur/domain/consent';
import {
  type Meeting,
  parseLexicons,
  PictureBank,
  screenPrompt,
  type PictureScreening,
  type PromptScreening,
} from '@imprimatur/domain/moderation';
import { type Intent, kindsOfChange as kindsOf, parseConversation } from '@imprimatur/domain/providers';
import { systemClock, type VersionId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { MissingFact } from './gate.types.js';
import type { ItemDossier } from './item.dossier.js';

/** What was found out about an item before rendering; the policy is asked with it, and the gates keep it as evidence. */
export interface Findings {
  readonly intent: Intent;
  readonly prompt: PromptScreening;
  readonly faces: readonly FaceConsent[];
  /** What pictures like this one were before. */
  readonly known: readonly Meeting[];
  readonly facts: PurposeFacts & RightsFacts & RequestFacts;
  readonly missing: readonly MissingFact[];
}

/** A picture with what its screening saw; null: no engine could look at it. */
export interface SeenPicture {
  readonly version: VersionId;
  readonly sha256: Uint8Array;
  readonly screening: PictureScreening | null;
}

/** What is judged, and under which policy: a turn's item, or what would be one. */
export interface Judged extends Pick<ItemDossier, 'session' | 'asset' | 'words' | 'turnsLastHour' | 'policy'> {
  readonly mask: { readonly mask: Pick<Mask, 'shape'> } | null;
}

@Injectable()
export class FactFinder {
  private readonly lexicons = new Map<string, readonly Lexicon[]>();

  constructor(
    private readonly consents: ConsentService,
    private readonly bank: PictureBank,
  ) {}

  /** `picture` is the one that is judged: the base before rendering, the result afterwards; `ancestors` what it was made from. */
  async find(
    read: ReadContext,
    judged: Judged,
    picture: SeenPicture,
    ancestors: readonly SeenPicture[],
    provider: string,
  ): Promise<Findings> {
    const { session, asset } = judged;
    const { intent } = parseConversation(judged.words, { hasMask: judged.mask !== null });
    const prompt = screenPrompt(judged.words.join('\n'), this.lexiconsOf(judged));
    const seen = picture.screening;
    const maskOverlapsFace = seen !== null && overlaps(maskBox(judged), seen.faces);
    const operations: readonly Operation[] = kindsOf(intent.operations);
    const faces = await this.consents.match(read, {
      ...identityOf(picture),
      ancestors: ancestors.map(identityOf),
      versions: [picture, ...ancestors].map(({ version }) => version),
      faces: seen?.faces ?? [],
      useCase: session.useCase,
      channel: session.channel,
      territory: session.territory,
      kindsOfChange: kindsOfChange(operations, maskOverlapsFace),
      now: systemClock.now(),
    });
    const known = await this.bank.meetings(read, { asset: asset.id, ...identityOf(picture) });
    const missing: MissingFact[] = [];
    if (seen === null) {
      missing.push({ gate: 'consent', source: 'the face engine', code: 'SCREENING_FAILED' });
      missing.push({ gate: 'moderation', source: 'the picture engine', code: 'SCREENING_FAILED' });
    }
    return {
      intent,
      prompt,
      faces,
      known,
      missing,
      facts: {
        useCase: session.useCase,
        channel: session.channel,
        territory: session.territory,
        faces: faces.length,
        facesWithoutConsent: countUncovered(faces),
        consentScopeMissing: [...new Set(faces.flatMap((face) => face.missing))],
        sourceRights: sourceRights(asset.rights),
        knownAs: [...new Set(known.map(({ knownAs }) => knownAs))],
        operations,
        promptCategories: prompt.classes.map((hit) => hit.class),
        scores: {
          promptMax: prompt.max,
          sexual_explicit: seen?.scores.sexual_explicit ?? 0,
          sexual_suggestive: seen?.scores.sexual_suggestive ?? 0,
        },
        maskOverlapsFace,
        turnsLastHour: judged.turnsLastHour,
        provider,
      },
    };
  }

  private lexiconsOf({ policy }: Judged): readonly Lexicon[] {
    if (policy.status !== 'ready') return []; // an unusable policy holds whatever it is asked
    let parsed = this.lexicons.get(policy.ref.hash);
    if (!parsed) {
      parsed = parseLexicons(policy.lexicons);
      this.lexicons.clear(); // one bundle is active at a time; a retired one is not kept
      this.lexicons.set(policy.ref.hash, parsed);
    }
    return parsed;
  }
}

function identityOf({ sha256, screening }: SeenPicture): {
  sha256: Uint8Array;
  pixelSha256: Uint8Array | null;
  fingerprint: string | null;
} {
  return { sha256, pixelSha256: screening?.pixelSha256 ?? null, fingerprint: screening?.fingerprint ?? null };
}

/** The mask's outline in thousandths, for its overlap with faces; a drawn mask's is the whole picture, which errs on the safe side. */
function maskBox({ mask }: Judged): { left: number; top: number; width: number; height: number } | null {
  if (mask === null) return null;
  const { shape } = mask.mask;
  if (shape.kind === 'box') return shape;
  if (shape.kind === 'png') return { left: 0, top: 0, width: 1000, height: 1000 };
  const [xs, ys] = [shape.points.map(({ x }) => x), shape.points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}
