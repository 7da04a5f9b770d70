import { AssetService, type Asset, type Version } from '@imprimatur/domain/assets';
import { EditingService, type Mask, type Session, type Turn, type TurnItem } from '@imprimatur/domain/editing';
import { MemberService } from '@imprimatur/domain/identity';
import { type Screening, ScreeningService } from '@imprimatur/domain/moderation';
import { AskerReader } from './asker.reader.js';
import { DecisionReader, type ReviewCondition } from '@imprimatur/domain/review';
import { ConversationReader } from './conversation.js';
import { HandsReader } from './hands.js';
import type { AskerFacts, PaceFacts, RuleException } from '@imprimatur/formats/policy';
import { ExceptionService, type Judging, PolicyService } from '@imprimatur/domain/policies';
import { type Attempt, AttemptService } from '@imprimatur/domain/providers';
import { assert, Fault, type ItemId, type Role, type SubjectId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Everything that the gates and the provider need to know of one item, read in one snapshot. `policy` is that of the item's session. */
export interface ItemDossier extends Judging {
  readonly item: TurnItem;
  readonly turn: Turn;
  readonly session: Session;
  readonly asset: Asset;
  readonly base: Version;
  /** What the base was made from, back to the upload; the base first. */
  readonly lineage: readonly Version[];
  readonly baseBytes: Uint8Array;
  /** What stands in the base, a line each; null: nobody has read it. */
  readonly baseText: readonly string[] | null;
  /** Of each version in `lineage` that was screened, by version. */
  readonly screenings: ReadonlyMap<string, Screening>;
  readonly mask: { readonly mask: Mask; readonly bytes: Uint8Array | null } | null;
  /** The prompt, and the answers to what was asked about it. */
  readonly words: readonly string[];
  /** By which the base became what it is, oldest first. */
  readonly earlierWords: readonly string[];
  /** Of who asked, as they are now. */
  readonly roles: readonly Role[];
  /** What whoever asked has done before they may, and how much was edited before. */
  readonly asker: AskerFacts & PaceFacts;
  /** What was tried for this item already, in order. */
  readonly attempts: readonly Attempt[];
  /** What people agreed not to count for this item before it is made. */
  readonly exceptions: readonly RuleException[];
  /** Who had a hand in it besides whoever asked: opened the session, uploaded the picture, asked for what it was made from. */
  readonly involved: readonly SubjectId[];
  /** What approvals of the session demand of its turns on this picture. */
  readonly conditions: readonly ReviewCondition[];
}

@Injectable()
export class DossierReader {
  constructor(
    private readonly editing: EditingService,
    private readonly assets: AssetService,
    private readonly members: MemberService,
    private readonly policies: PolicyService,
    private readonly screenings: ScreeningService,
    private readonly exceptions: ExceptionService,
    private readonly conversations: ConversationReader,
    private readonly attempts: AttemptService,
    private readonly askers: AskerReader,
    private readonly hands: HandsReader,
    private readonly decisions: DecisionReader,
  ) {}

  /** Throws Fault CONTENT_ERASED, for good, when prompt or picture were erased since. */
  async read(read: ReadContext, id: ItemId): Promise<ItemDossier> {
    const item = required(await this.editing.findItem(read, id));
    const turn = required(await this.editing.findTurn(read, item.turn));
    const session = required(await this.editing.findSession(read, turn.session));
    const asset = required(await this.assets.find(read, item.asset));
    const lineage = await this.assets.lineage(read, item.baseVersion);
    const base = lineage[0];
    assert(base, 'the base of an item exists');
    const bytes = await this.assets.readBlob(read, base.blob);
    const judging = await this.policies.judging(read, session.id);
    const contents = await this.editing.contents(read, turn.id);
    if (!bytes.ok || !contents) {
      throw new Fault({ room: 'gates', code: 'CONTENT_ERASED', message: 'the picture or the prompt of this turn was erased' });
    }
    const answers = contents.items.get(id)?.clarifications.flatMap(({ answer }) => (answer === null ? [] : [answer])) ?? [];
    const screenings = await this.screenings.ofVersions(
      read,
      lineage.map((version) => version.id),
    );
    const seen = screenings.find(({ version }) => version === base.id);
    return {
      item,
      turn,
      session,
      asset,
      base,
      lineage,
      baseBytes: bytes.value,
      baseText: seen ? await this.screenings.words(read, seen) : null,
      screenings: new Map(screenings.map((screening) => [screening.version, screening])),
      mask: await this.maskOf(read, item),
      words: [contents.prompt, ...answers],
      earlierWords: await this.conversations.of(read, lineage),
      roles: await this.rolesOf(read, turn),
      asker: await this.askers.find(read, {
        subject: turn.submittedBy,
        asset: asset.id,
        turn: turn.id,
        at: turn.submittedAt,
      }),
      attempts: await this.attempts.ofItems(read, [id]),
      ...judging,
      exceptions: await this.exceptions.standing(read, {
        useCase: session.useCase,
        session: session.id,
        asset: asset.id,
        subject: turn.submittedBy,
      }),
      involved: await this.hands.of(read, { turn, session, asset, lineage }),
      conditions: await this.decisions.turnConditions(read, session.id, asset.id),
    };
  }

  private async maskOf(read: ReadContext, item: TurnItem): Promise<ItemDossier['mask']> {
    if (item.mask === null) return null;
    const [mask] = await this.editing.findMasks(read, [item.mask]);
    assert(mask, 'the mask of an item exists');
    if (mask.shape.kind !== 'png') return { mask, bytes: null };
    const bytes = await this.assets.readBlob(read, mask.shape.blob);
    if (!bytes.ok) throw new Fault({ room: 'gates', code: 'CONTENT_ERASED', message: 'the mask of this turn was erased' });
    return { mask, bytes: bytes.value };
  }

  private async rolesOf(read: ReadContext, turn: Turn): Promise<readonly Role[]> {
    const member = turn.submittedBy === null ? null : await this.members.find(read, turn.submittedBy);
    return member?.ok ? member.value.roles : [];
  }
}

function required<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  assert(result.ok, 'what an item refers to exists');
  return result.value;
}
