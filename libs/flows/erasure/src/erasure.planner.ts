import { PictureCopies, type PictureCopy } from '@imprimatur/domain/assets';
import { type BindingCopy, ConsentCopies, hamming } from '@imprimatur/domain/consent';
import { EditingCopies } from '@imprimatur/domain/editing';
import { ExportCopies } from '@imprimatur/domain/exports';
import { type PersonCopy, PersonCopies } from '@imprimatur/domain/identity';
import { LedgerReader, PayloadCopies } from '@imprimatur/domain/ledger';
import { ScreeningCopies } from '@imprimatur/domain/moderation';
import { dutyUntil, ErasureService, HoldService, type HoldTarget, RetentionService } from '@imprimatur/domain/retention';
import { type BlobId, type ExportId, type SubjectId, systemClock, type VersionId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { findRequests } from '@imprimatur/platform/idempotency';
import { Injectable } from '@nestjs/common';
import { groupsOf } from './copy.groups.js';
import { type AffectedPerson, type CopyGroup, type Download, type Duty, type ErasurePlan, planDigest } from './erasure.plan.js';
import type { PersonalCopies } from './personal.copies.js';
import { type PictureSurroundings, PictureSurroundingsReader } from './picture.surroundings.js';

/** Bits of 256; the same distance by which consent recognises a picture. */
const LOOKALIKE_DISTANCE_MAX = 32;
const EVENTS_MAX = 10_000;

/** Finds every copy of what is kept of a person, and what stands in the way of destroying it. Whoever calls has authorised. */
@Injectable()
export class ErasurePlanner {
  constructor(
    private readonly persons: PersonCopies,
    private readonly pictures: PictureCopies,
    private readonly surroundings: PictureSurroundingsReader,
    private readonly consents: ConsentCopies,
    private readonly screenings: ScreeningCopies,
    private readonly editing: EditingCopies,
    private readonly exports: ExportCopies,
    private readonly payloads: PayloadCopies,
    private readonly ledger: LedgerReader,
    private readonly holds: HoldService,
    private readonly rules: RetentionService,
    private readonly erasures: ErasureService,
  ) {}

  /** Null: no such subject. */
  async plan(read: ReadContext, subject: SubjectId): Promise<ErasurePlan | null> {
    const person = await this.persons.find(read, subject);
    if (!person) return null;
    const copies = await this.copiesOf(read, person);
    const groups = groupsOf(copies);
    const affected = affectedBy(copies);
    const targets = await this.targetsOf(read, copies, affected);
    return {
      subject,
      ref: person.ref,
      digest: planDigest(subject, groups, affected),
      groups,
      affected,
      holds: await this.holds.covering(read, targets),
      duties: await this.dutiesOf(read, groups),
      downloads: await this.downloadsOf(
        read,
        copies.around.exports.map((each) => each.export),
      ),
      isLastAdministrator: person.isLastAdministrator,
      erasure: await this.erasures.ofSubject(read, subject),
      work: {
        versions: copies.pictures,
        blobs: copies.blobs,
        assets: copies.around.assets,
        emptied: copies.around.emptied,
        payloads: copies.payloads,
      },
      targets,
    };
  }

  private async copiesOf(read: ReadContext, person: PersonCopy): Promise<PersonalCopies> {
    const own = await this.consents.bindingsOf(read, person.subject);
    const family = await this.familyOf(read, person.subject, own);
    const pictures = family.filter(({ isErased }) => !isErased);
    const around = await this.surroundings.read(read, pictures);
    const bindings = [...new Map([...own, ...around.bindings].map((each) => [`${each.consent}/${each.version}`, each])).values()];
    const ownPayloads = await this.payloads.ofSubject(read, person.subject);
    const payloads = [...new Map([...ownPayloads, ...around.payloads].map((each) => [`${each.entry}/${each.part}`, each])).values()];
    const asked = [...around.assets, ...around.masks.map(({ mask }) => mask)];
    return {
      person,
      pictures,
      around,
      bindings,
      evidence: await this.consents.evidenceNaming(read, person.subject),
      notices: await this.consents.noticesOf(read, person.subject),
      turns: await this.editing.turnsOf(read, person.subject),
      payloads,
      blobs: await this.blobsOf(read, person.subject, pictures, around),
      lookalikes: await this.lookalikesOf(read, family, around),
      requests: await findRequests(read, { actor: person.ref, answers: asked }),
    };
  }

  /** What shows the person, what was made from it, what has the same bytes or pixels, and exports of any of it that were uploaded again. */
  private async familyOf(read: ReadContext, subject: SubjectId, own: readonly BindingCopy[]): Promise<readonly PictureCopy[]> {
    let versions: readonly VersionId[] = own.map(({ version }) => version);
    let blobs: readonly BlobId[] = [];
    let family: readonly PictureCopy[] = [];
    for (;;) {
      const found = await this.pictures.family(read, { subject, versions, blobs });
      if (found.length === family.length) return found;
      family = found;
      const ids = found.map(({ version }) => version);
      const pixels = (await this.screenings.ofVersions(read, ids)).flatMap(({ pixelSha256 }) =>
        pixelSha256 === null ? [] : [pixelSha256],
      );
      versions = [...new Set([...ids, ...(await this.screenings.samePixels(read, pixels))])];
      blobs = (await this.exports.ofVersions(read, ids)).flatMap((each) => each.blobs);
    }
  }

  /** Of every picture, export and drawn mask; a mask's blob goes only where no other mask is the same. */
  private async blobsOf(
    read: ReadContext,
    subject: SubjectId,
    pictures: readonly PictureCopy[],
    { exports, masks }: PictureSurroundings,
  ): Promise<readonly BlobId[]> {
    const drawn = masks.flatMap(({ blob }) => (blob === null ? [] : [blob]));
    const files = [...exports.flatMap(({ blobs }) => blobs), ...(await this.pictures.sealedFor(read, subject))];
    return [...new Set([...pictures.map(({ blob }) => blob), ...files, ...(await this.pictures.loose(read, drawn, []))])].sort();
  }

  /** Near in fingerprint, and not of the family: a person must look whether they show the same person. */
  private async lookalikesOf(
    read: ReadContext,
    family: readonly PictureCopy[],
    { screenings }: PictureSurroundings,
  ): Promise<readonly VersionId[]> {
    const known = screenings.flatMap(({ fingerprint }) => (fingerprint === null ? [] : [fingerprint]));
    if (known.length === 0) return [];
    const ids = new Set(family.map(({ version }) => version));
    const alike = await this.screenings.alike(read, (fingerprint) =>
      known.some((each) => each.length === fingerprint.length && hamming(each, fingerprint) <= LOOKALIKE_DISTANCE_MAX),
    );
    return alike.filter((version) => !ids.has(version));
  }

  private async targetsOf(read: ReadContext, copies: PersonalCopies, affected: readonly AffectedPerson[]): Promise<readonly HoldTarget[]> {
    const { person, pictures, turns, around } = copies;
    const subjects = [person.subject, ...affected.map(({ subject }) => subject), ...pictures.flatMap(({ createdBy }) => createdBy ?? [])];
    const assets = [...around.assets, ...turns.flatMap((turn) => turn.assets)];
    const sessions = [
      ...turns.map(({ session }) => session),
      ...around.items.map(({ session }) => session),
      ...(await this.editing.sessionsWith(read, around.assets)),
    ];
    return [
      { kind: 'tenant', id: read.context.tenant },
      ...[...new Set(subjects)].map((id) => ({ kind: 'subject' as const, id })),
      ...[...new Set(assets)].map((id) => ({ kind: 'asset' as const, id })),
      ...[...new Set(sessions)].map((id) => ({ kind: 'session' as const, id })),
    ];
  }

  private async dutiesOf(read: ReadContext, groups: readonly CopyGroup[]): Promise<readonly Duty[]> {
    const now = systemClock.now();
    return (await this.rules.rules(read)).flatMap((rule): readonly Duty[] => {
      const ends = groups.flatMap(({ kept }) => (kept?.class === rule.class ? (dutyUntil(rule, kept.newest, now) ?? []) : []));
      const until = ends.sort((one, other) => other.getTime() - one.getTime())[0];
      return until ? [{ class: rule.class, basis: rule.basis, until }] : [];
    });
  }

  private async downloadsOf(read: ReadContext, exports: readonly ExportId[]): Promise<readonly Download[]> {
    const downloads: Download[] = [];
    for (const id of exports) {
      const events = await this.ledger.events(read, { about: { kind: 'export', id }, first: EVENTS_MAX, after: null });
      for (const { entry } of events)
        if (entry.type === 'export.downloaded') downloads.push({ export: id, by: entry.actor.ref, at: entry.at });
    }
    return downloads;
  }
}

/** Everybody else for whom one of the pictures is sealed, or who consented to it. */
function affectedBy({ person, pictures, bindings }: PersonalCopies): readonly AffectedPerson[] {
  const shared = new Map<SubjectId, Set<VersionId>>();
  const add = (subject: SubjectId, version: VersionId): void => {
    if (subject === person.subject) return;
    shared.set(subject, (shared.get(subject) ?? new Set()).add(version));
  };
  for (const { subjects, version } of pictures) for (const subject of subjects) add(subject, version);
  for (const { subject, version } of bindings) add(subject, version);
  return [...shared]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([subject, versions]) => ({ subject, versions: [...versions].sort() }));
}
