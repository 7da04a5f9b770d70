import { hash } from 'node:crypto';
import { type Asset, AssetService, sourceRights, type Version } from '@imprimatur/domain/assets';
import { ConsentService, type FaceConsent, kindsOfPast, TRAINING_USE_CASE } from '@imprimatur/domain/consent';
import { EditingService, type RecordedVerdict, type Session, type TurnItem } from '@imprimatur/domain/editing';
import type { Export } from '@imprimatur/domain/exports';
import { MemberService } from '@imprimatur/domain/identity';
import { type AuditEvent, LedgerReader } from '@imprimatur/domain/ledger';
import { type PictureScreening, type Screening, ScreeningService } from '@imprimatur/domain/moderation';
import { demandsFor, type DisclosureDemand } from '@imprimatur/formats/policy';
import { type Judging, PolicyService } from '@imprimatur/domain/policies';
import { type PictureLicence, VendorTermsService } from '@imprimatur/domain/providers';
import { DecisionReader, type ReviewCondition, type ReviewDecision } from '@imprimatur/domain/review';
import {
  assert,
  type EntryId,
  Fault,
  type ItemId,
  type Json,
  type Role,
  type SubjectId,
  systemClock,
  type TurnId,
  type VersionId,
} from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import type { DerivativeRights } from '@imprimatur/platform/images';
import { Injectable } from '@nestjs/common';
import { strongestSource } from './export.sources.js';

/** One turn's contribution to the picture, oldest first in a dossier. */
export interface Contribution {
  readonly version: Version;
  readonly turn: TurnId;
  /** As stored when it was rendered. */
  readonly operations: readonly Json[];
  readonly promptCommitment: string | null;
}

/** A person's approval, with the entry that tells it. */
export interface Approval {
  readonly decision: ReviewDecision;
  readonly role: string;
  readonly reviewerRef: string;
  /** Hex leaf hash of the decision's entry. */
  readonly digest: string;
}

/** Everything that an exported picture says of itself, and what the export gate is asked with. `policy` is that of the session that made it. */
export interface ExportDossier extends Judging {
  readonly version: Version;
  readonly asset: Asset;
  readonly upload: Version;
  /** Bytes of the released version. */
  readonly bytes: Uint8Array;
  readonly contributions: readonly Contribution[];
  readonly verdicts: readonly (RecordedVerdict & { readonly turn: TurnId })[];
  readonly approvals: readonly Approval[];
  /** What approvals of it, and of what it was made from, demand. */
  readonly conditions: readonly ReviewCondition[];
  /** Conditions that whoever asked for the export declares to be met. */
  readonly declares: readonly string[];
  readonly session: Session;
  readonly roles: readonly Role[];
  readonly faces: readonly FaceConsent[];
  readonly depicted: readonly SubjectId[];
  /** The released version first, the upload last, with what was seen in each. */
  readonly lineage: readonly Version[];
  readonly screenings: ReadonlyMap<string, Screening>;
  /** What the released version is recognised by, and where its faces are. */
  readonly identity: Pick<PictureScreening, 'fingerprint' | 'pixelSha256' | 'faces'>;
  readonly sourceRights: ReturnType<typeof sourceRights>;
  /** What the licences of all that made it leave free. */
  readonly licence: PictureLicence;
  readonly releasedEntry: EntryId;
  /** The upload, byte for byte, with its own manifest where it has one. */
  readonly ingredients: readonly { readonly id: string; readonly format: string; readonly bytes: Uint8Array }[];
  readonly rights: DerivativeRights;
  /** What the policy demands that a file for this territory carries. */
  readonly demands: readonly DisclosureDemand[];
}

const EVENTS_MAX = 200;

@Injectable()
export class ExportDossierReader {
  constructor(
    private readonly assets: AssetService,
    private readonly editing: EditingService,
    private readonly decisions: DecisionReader,
    private readonly consents: ConsentService,
    private readonly screenings: ScreeningService,
    private readonly policies: PolicyService,
    private readonly members: MemberService,
    private readonly ledger: LedgerReader,
    private readonly register: VendorTermsService,
  ) {}

  /** Throws Fault EXPORT_NOT_RELEASED or CONTENT_ERASED, both for good. */
  async read(read: ReadContext, exported: Export): Promise<ExportDossier> {
    const lineage = await this.assets.lineage(read, exported.version);
    const [version] = lineage;
    const upload = lineage.at(-1);
    assert(version && upload, 'the version of an export exists');
    if (version.releasedAt === null)
      throw new Fault({ room: 'exports', code: 'EXPORT_NOT_RELEASED', message: 'the version is not released any more' });
    const asset = await this.assets.find(read, version.asset);
    assert(asset.ok, 'the asset of a version exists');
    const items = await this.editing.findItems(
      read,
      lineage.flatMap(({ item }) => (item === null ? [] : [item])),
    );
    const turns = new Map(items.map((item): [ItemId, TurnId] => [item.id, item.turn]));
    const contributions = await this.contributions(read, lineage, turns);
    const verdicts = (
      await this.editing.verdictsOf(
        read,
        items.map(({ id }) => id),
      )
    ).map((verdict) => ({ ...verdict, turn: required(turns.get(verdict.item)) }));
    const session = await this.sessionOf(read, items);
    const done = kindsOfPast(verdicts.map(({ evidence }) => (evidence.asked as { readonly facts?: Json } | undefined)?.facts ?? null));
    const screenings = new Map(
      (
        await this.screenings.ofVersions(
          read,
          lineage.map(({ id }) => id),
        )
      ).map((screening): [string, Screening] => [screening.version, screening]),
    );
    const faces = await this.faces(read, lineage, screenings, { kindsOfChange: done, session });
    const member = exported.requestedBy === null ? null : await this.members.find(read, exported.requestedBy);
    const judging = await this.policies.judging(read, session.id);
    const { policy } = judging;
    const digitalSourceType = strongestSource(contributions.flatMap(({ operations }) => operations));
    const how = { sourceType: digitalSourceType, hasSyntheticPeople: faces.added > 0 };
    return {
      version,
      asset: asset.value,
      upload,
      bytes: await this.bytes(read, version),
      contributions,
      verdicts,
      approvals: await this.approvals(read, version),
      conditions: await this.decisions.exportConditions(read, lineage),
      declares: exported.declares,
      session,
      roles: member?.ok ? member.value.roles : [],
      faces: faces.matched,
      depicted: [...new Set(faces.matched.flatMap(({ subject }) => (subject === null ? [] : [subject])))],
      lineage,
      screenings,
      identity: faces.identity,
      ...judging,
      sourceRights: sourceRights(asset.value.rights),
      licence: await this.register.licence(
        read,
        items.map(({ id }) => id),
      ),
      releasedEntry: (await this.releasedEvent(read, version.id)).id,
      ingredients: [{ id: 'parent', format: upload.format, bytes: await this.bytes(read, upload) }],
      rights: { digitalSourceType },
      demands: policy.status === 'ready' ? demandsFor(policy.data.territories, session, how) : [],
    };
  }

  private async contributions(
    read: ReadContext,
    lineage: readonly Version[],
    turns: ReadonlyMap<ItemId, TurnId>,
  ): Promise<readonly Contribution[]> {
    const made = [...lineage].reverse().filter(({ item }) => item !== null);
    return Promise.all(
      made.map(async (version) => {
        const turn = required(version.item === null ? undefined : turns.get(version.item));
        const submitted = await this.ledger.events(read, { about: { kind: 'turn', id: turn }, first: EVENTS_MAX, after: null });
        return {
          version,
          turn,
          operations: (await this.assets.operations(read, version.id)) ?? [],
          promptCommitment: submitted.find(({ entry }) => entry.type === 'turn.submitted')?.entry.parts.prompt ?? null,
        };
      }),
    );
  }

  private async approvals(read: ReadContext, version: Version): Promise<readonly Approval[]> {
    const decisions = await this.decisions.approvals(read, [version.id]);
    return Promise.all(
      decisions.map(async (decision) => {
        const event = await this.ledger.event(read, decision.entry);
        assert(event, 'a decision has its entry');
        return { decision, role: event.entry.actor.role, reviewerRef: event.entry.actor.ref, digest: hash('sha256', event.bytes) };
      }),
    );
  }

  private async faces(
    read: ReadContext,
    lineage: readonly Version[],
    screenings: ExportDossier['screenings'],
    { kindsOfChange, session }: { readonly kindsOfChange: readonly string[]; readonly session: Session },
  ): Promise<{ readonly matched: readonly FaceConsent[]; readonly identity: ExportDossier['identity']; readonly added: number }> {
    const [own, ...ancestors] = lineage.map((version) => {
      const result = screenings.get(version.id)?.result ?? null;
      return {
        sha256: version.sha256 ?? new Uint8Array(32),
        pixelSha256: result?.pixelSha256 ?? null,
        fingerprint: result?.fingerprint ?? null,
        result,
      };
    });
    // a version without a screening was never released by a gate; its faces are not known, and so none has consent
    if (!own?.result) throw new Fault({ room: 'exports', code: 'SCREENING_MISSING', message: 'the released version was never screened' });
    const matched = await this.consents.match(read, {
      ...own,
      ancestors,
      versions: lineage.map(({ id }) => id),
      faces: own.result.faces,
      useCase: session.useCase,
      channel: session.channel,
      territory: session.territory,
      kindsOfChange,
      // it was sent when it was made; here it leaves for the world
      provider: null,
      training: session.useCase === TRAINING_USE_CASE,
      now: systemClock.now(),
    });
    // an upload that could not be looked at showed nobody, as far as is known
    const before = ancestors.at(-1)?.result?.faces.length ?? 0;
    return { matched, identity: own.result, added: Math.max(0, own.result.faces.length - before) };
  }

  private async sessionOf(read: ReadContext, items: readonly TurnItem[]): Promise<Session> {
    const [item] = items;
    assert(item, 'a released version comes from a turn');
    const turn = await this.editing.findTurn(read, item.turn);
    assert(turn.ok, 'the turn of an item exists');
    const session = await this.editing.findSession(read, turn.value.session);
    assert(session.ok, 'the session of a turn exists');
    return session.value;
  }

  private async releasedEvent(read: ReadContext, version: VersionId): Promise<AuditEvent> {
    const events = await this.ledger.events(read, { about: { kind: 'version', id: version }, first: EVENTS_MAX, after: null });
    const released = events.filter(({ entry }) => entry.type === 'version.released').at(-1);
    assert(released, 'a released version has its event');
    return released;
  }

  private async bytes(read: ReadContext, version: Version): Promise<Uint8Array> {
    const bytes = await this.assets.readBlob(read, version.blob);
    if (!bytes.ok) throw new Fault({ room: 'exports', code: 'CONTENT_ERASED', message: 'a picture of this export was erased' });
    return bytes.value;
  }
}

function required<T>(value: T | undefined): T {
  assert(value !== undefined, 'what an item refers to exists');
  return value;
}
