import {
  withBrands,
  type AskerFacts,
  type Lexicon,
  type Operation,
  type PaceFacts,
  type PurposeFacts,
  type RequestFacts,
  type RightsFacts,
  type SinceRootFacts,
  type VendorFacts,
} from '@imprimatur/formats/policy';
import { restrictionsOf, sourceRights } from '@imprimatur/domain/assets';
import type { Mask } from '@imprimatur/domain/editing';
import { ConsentService, countUncovered, kindsOfChange, overlaps, type FaceConsent, TRAINING_USE_CASE } from '@imprimatur/domain/consent';
import {
  type Meeting,
  type Moderation,
  parseLexicons,
  PictureBank,
  type PictureScreening,
  pictureScores,
  type PromptScreening,
  screenPrompt,
  strictestOf,
} from '@imprimatur/domain/moderation';
import { type Intent, kindsOfChange as kindsOf, parseConversation } from '@imprimatur/domain/providers';
import { type ItemId, type JsonObject, systemClock, type VersionId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { joinedClasses } from './conversation.js';
import { OriginReader } from './origin.reader.js';
import { judgeText, type PictureTextFindings } from './picture.text.js';
import { type SinceRoot } from './since.root.js';
import type { MissingFact } from './gate.types.js';
import type { ItemDossier } from './item.dossier.js';
import { type Maker, VendorReader } from './vendor.reader.js';

/** What was found out about an item before rendering; the policy is asked with it, and the gates keep it as evidence. */
export interface Findings {
  readonly intent: Intent;
  /** What lexicons and moderators found together, the strictest of each class. */
  readonly prompt: PromptScreening;
  readonly moderated: Moderated;
  /** What the words in the picture say. */
  readonly text: PictureTextFindings;
  /** What became of the picture since its upload; null: nobody looked. */
  readonly sinceRoot: SinceRoot | null;
  readonly faces: readonly FaceConsent[];
  /** What pictures like this one were before. */
  readonly known: readonly Meeting[];
  /** What the register of vendors' terms says, as evidence. */
  readonly vendor: JsonObject;
  readonly facts: PurposeFacts & RightsFacts & RequestFacts & VendorFacts & AskerFacts & PaceFacts & Partial<SinceRootFacts>;
  readonly missing: readonly MissingFact[];
}

/** A picture with what its screening saw; null: no engine could look at it. */
export interface SeenPicture {
  readonly version: VersionId;
  /** What made it; null: it was uploaded. */
  readonly item: ItemId | null;
  readonly sha256: Uint8Array;
  readonly screening: PictureScreening | null;
}

/** The picture that is judged, looked at more closely than those that it was made from. */
export interface JudgedPicture extends SeenPicture {
  /** What stands in it, a line each; null: nobody could read it. */
  readonly words: readonly string[] | null;
  readonly sinceRoot: SinceRoot | null;
}

/** What the cloud moderators said of the words and of the picture that is judged. */
export interface Moderated {
  readonly prompt: Moderation;
  readonly picture: Moderation;
}

/** What is judged, and under which policy: a turn's item, or what would be one. */
export interface Judged extends Pick<ItemDossier, 'session' | 'asset' | 'words' | 'earlierWords' | 'asker' | 'policy'> {
  readonly mask: { readonly mask: Pick<Mask, 'shape'> } | null;
}

@Injectable()
export class FactFinder {
  private readonly lexicons = new Map<string, readonly Lexicon[]>();

  constructor(
    private readonly consents: ConsentService,
    private readonly bank: PictureBank,
    private readonly vendors: VendorReader,
    private readonly origins: OriginReader,
  ) {}

  /** `picture` is the one that is judged: the base before rendering, the result afterwards; `ancestors` what it was made from. */
  async find(
    read: ReadContext,
    judged: Judged,
    picture: JudgedPicture,
    ancestors: readonly SeenPicture[],
    maker: Maker,
    moderated: Moderated,
  ): Promise<Findings> {
    const { session, asset } = judged;
    const now = systemClock.now();
    const { intent } = parseConversation(judged.words, { hasMask: judged.mask !== null });
    const floor = floorOf(judged);
    const prompt = promptOf(screenPrompt(wordsOf(judged), this.lexiconsOf(judged)), moderated, floor);
    const seen = picture.screening;
    const { others, ...sexual } = pictureScores(seen?.scores ?? NOTHING_SEEN, moderated.picture.verdicts, floor);
    const text = judgeText(picture.words, seen, this.lexiconsOf(judged), floor);
    const maskOverlapsFace = seen !== null && overlaps(maskBox(judged), seen.faces);
    const operations: readonly Operation[] = kindsOf(intent.operations);
    const vendor = await this.vendors.find(
      read,
      maker,
      [picture, ...ancestors].flatMap(({ item }) => item ?? []),
    );
    const faces = await this.consents.match(read, {
      ...identityOf(picture),
      ancestors: ancestors.map(identityOf),
      versions: [picture, ...ancestors].map(({ version }) => version),
      faces: seen?.faces ?? [],
      useCase: session.useCase,
      channel: session.channel,
      territory: session.territory,
      kindsOfChange: kindsOfChange(operations, maskOverlapsFace),
      provider: vendor.facts.vendorTerms === 'not-needed' ? null : maker.provider,
      training: session.useCase === TRAINING_USE_CASE || vendor.facts.vendorMayTrain,
      now,
    });
    const known = await this.bank.meetings(read, { asset: asset.id, ...identityOf(picture) });
    return {
      intent,
      prompt,
      moderated,
      text,
      sinceRoot: picture.sinceRoot,
      faces,
      known,
      vendor: vendor.evidence,
      missing: [...silentModerators(moderated), ...(seen === null ? UNSEEN : [])],
      facts: {
        useCase: session.useCase,
        channel: session.channel,
        territory: session.territory,
        faces: faces.length,
        facesWithoutConsent: countUncovered(faces),
        consentScopeMissing: [...new Set(faces.flatMap((face) => face.missing))],
        sourceRights: sourceRights(asset.rights),
        sourceRestricted: restrictionsOf(asset.rights, session, now),
        originMismatch: await this.origins.mismatch(read, asset),
        knownAs: [...new Set(known.map(({ knownAs }) => knownAs))],
        operations,
        promptCategories: prompt.classes.map((hit) => hit.class),
        joinedCategories: joinedClasses(judged.earlierWords, prompt, wordsOf(judged), this.lexiconsOf(judged), floor),
        ...(others[0] && { pictureCategories: others.map((found) => found.class) }),
        ...(text.classes[0] && { textCategories: text.classes.map((hit) => hit.class) }),
        scores: {
          promptMax: prompt.max,
          ...sexual,
          ...(others[0] && { pictureMax: others[0].score }),
          ...(text.classes[0] && { textMax: text.classes[0].score }),
        },
        maskOverlapsFace,
        provider: maker.provider,
        ...judged.asker,
        ...vendor.facts,
        ...picture.sinceRoot?.facts,
      },
    };
  }

  private lexiconsOf({ policy }: Judged): readonly Lexicon[] {
    if (policy.status !== 'ready') return []; // an unusable policy holds whatever it is asked
    let parsed = this.lexicons.get(policy.ref.hash);
    if (!parsed) {
      parsed = withBrands(parseLexicons(policy.lexicons), policy.data.brands);
      const [oldest] = this.lexicons.keys();
      if (this.lexicons.size >= LEXICONS_KEPT && oldest !== undefined) this.lexicons.delete(oldest);
      this.lexicons.set(policy.ref.hash, parsed);
    }
    return parsed;
  }
}

/** Bundles whose word lists are kept parsed: a canary judges beside the active one, and tenants have others; a retired one makes room. */
const LEXICONS_KEPT = 8;

const UNSEEN: readonly MissingFact[] = [
  { gate: 'consent', source: 'the face engine', code: 'SCREENING_FAILED' },
  { gate: 'moderation', source: 'the picture engine', code: 'SCREENING_FAILED' },
];
const NOTHING_SEEN = { sexual_explicit: 0, sexual_suggestive: 0 };
/** LOW, where no bundle says what it is. */
const LOW = 300;

/** The words as they are judged, by the lexicons and by the moderators. */
export function wordsOf({ words }: Pick<Judged, 'words'>): string {
  return words.join('\n');
}

/** A moderator speaks of every class a little; what it says below LOW counts as nothing found. */
function floorOf({ policy }: Judged): number {
  return policy.status === 'ready' ? policy.data.taxonomy.levels.LOW : LOW;
}

function promptOf(found: PromptScreening, { prompt }: Moderated, floor: number): PromptScreening {
  const classes = strictestOf([found, { classes: strictestOf(prompt.verdicts, floor) }], 1);
  const engines = prompt.verdicts.map(({ engine, version }) => `${engine}/${version}`);
  return { classes, max: classes[0]?.score ?? 0, engine: [found.engine, ...engines].join(', ') };
}

function silentModerators({ prompt, picture }: Moderated): readonly MissingFact[] {
  const silent = new Map([...prompt.silent, ...picture.silent].map((each) => [`${each.engine} ${each.code}`, each]));
  return [...silent.values()].map(({ engine, code }) => ({ gate: 'moderation', source: `the moderator ${engine}`, code }));
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
