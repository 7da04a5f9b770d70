import { allow, SubjectService } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { type ConsentId, type Forbidden, newId, notFound, ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { consentExpired, consentExpiryWarned, consentRegistered, consentWithdrawn } from './consent.events.js';
import { ConsentCover, type CoveredFace } from './consent.cover.js';
import { understood } from './consent.form.js';
import { representativeOf } from './consent.standing.js';
import { ConsentMatcher } from './consent.matcher.js';
import { type ConsentRefusal, consentTextInvalid } from './consent.refusals.js';
import { ConsentRepository } from './consent.repository.js';
import type { ConsentBinding, ConsentRecord, FaceConsent, MatchQuestion, NewConsent, Slice } from './consent.types.js';

/** A consent that the transaction holds: its newest version, and the faces it is bound to. */
export interface HeldConsent {
  readonly record: ConsentRecord;
  readonly bindings: readonly ConsentBinding[];
}

const REASON_MAX = 2000;

/** Who agreed to what, for which face of which picture. Nothing is ever overwritten. */
@Injectable()
export class ConsentService {
  constructor(
    private readonly consents: ConsentRepository,
    private readonly matcher: ConsentMatcher,
    private readonly cover: ConsentCover,
    private readonly subjects: SubjectService,
    private readonly ledger: Ledger,
  ) {}

  /** Version 1 of a consent, of a person under a fresh pseudonym. The caller says which face of which picture it is. */
  async register(write: WriteContext, form: NewConsent): Promise<Result<ConsentRecord, ConsentRefusal>> {
    const denied = allow(write.context, 'register', 'Consent');
    if (denied) return refuse(denied);
    const now = systemClock.now();
    const clear = understood(form, now);
    if (!clear.ok) return clear;
    const { person, ...agreed } = clear.value;
    const depicted = await this.subjects.create(write, { kind: 'person', displayName: person });
    const acting = form.representative ? representativeOf(form.representative) : null;
    const signer = acting && (await this.subjects.create(write, { kind: 'person', displayName: acting.name }));
    const record: ConsentRecord = {
      ...agreed,
      id: newId('consent'),
      version: 1,
      subject: depicted.id,
      ageBand: form.ageBand,
      representative: acting && signer && { kind: acting.kind, basis: acting.basis, subject: signer.id },
      validFrom: now,
      validUntil: form.validUntil,
      state: 'given',
      registeredBy: write.context.actor.subject,
      createdAt: now,
    };
    const binding: ConsentBinding = {
      consent: record.id,
      asset: form.asset,
      version: form.version,
      picture: form.picture,
      face: form.face,
    };
    await this.consents.insertVersion(write, record);
    await this.consents.insertBinding(write, binding);
    await this.ledger.append(write, consentRegistered(record, binding, { person, representative: acting?.name ?? null }));
    return ok(record);
  }

  /** Until the transaction ends no other changes it; null: no such consent. For flows that authorised already. */
  async holdForChange(write: WriteContext, id: ConsentId): Promise<HeldConsent | null> {
    await this.consents.lock(write, id);
    const [record] = await this.consents.findMany(write, [id]);
    return record ? { record, bindings: await this.consents.bindingsOf(write, id) } : null;
  }

  /** What a withdrawal starts from. Until the transaction ends no other of the tenant begins: two may reach the same pictures. */
  async holdForWithdrawal(write: WriteContext, id: ConsentId): Promise<Result<HeldConsent, ConsentRefusal>> {
    const denied = await this.deniesWithdrawal(write, id);
    if (denied) return refuse(denied);
    await this.consents.lockWithdrawals(write);
    const held = await this.holdForChange(write, id);
    return held ? ok(held) : refuse(notFound('consent'));
  }

  /** Whether another record that holds allows all that `ending` did, for this very face; for flows that authorised already. */
  async isCovered(read: ReadContext, ending: ConsentRecord, face: CoveredFace, now: Date): Promise<boolean> {
    return this.cover.isCovered(read, ending, face, now);
  }

  /** A new version that ends it, for good. Withdrawn already: the same answer, and nothing is written. */
  async withdraw(write: WriteContext, id: ConsentId, reason: string): Promise<Result<ConsentRecord, ConsentRefusal>> {
    const denied = await this.deniesWithdrawal(write, id);
    if (denied) return refuse(denied);
    await this.consents.lock(write, id);
    const [newest] = await this.consents.findMany(write, [id]);
    if (!newest) return refuse(notFound('consent'));
    if (newest.state === 'withdrawn') return ok(newest);
    const why = reason.trim();
    if (why.length === 0 || why.length > REASON_MAX) return refuse(consentTextInvalid('reason', `1 to ${REASON_MAX} characters`));
    const withdrawn: ConsentRecord = {
      ...newest,
      version: newest.version + 1,
      state: 'withdrawn',
      registeredBy: write.context.actor.subject,
      createdAt: systemClock.now(),
    };
    await this.consents.insertVersion(write, withdrawn);
    await this.ledger.append(write, consentWithdrawn(withdrawn, await this.consents.bindingsOf(write, id), why));
    return ok(withdrawn);
  }

  /** Whoever has the right by role, and who gave it: whose it is never changes. */
  private async deniesWithdrawal(read: ReadContext, id: ConsentId): Promise<Forbidden | null> {
    const [given] = await this.consents.findMany(read, [id]);
    return allow(read.context, 'withdraw', 'Consent', { givenBy: given?.subject ?? null });
  }

  /** Tells the ledger that its time was over; the record says so by itself. The caller held it. */
  async recordExpired(write: WriteContext, record: ConsentRecord, bindings: readonly ConsentBinding[]): Promise<void> {
    await this.ledger.append(write, consentExpired(record, bindings));
  }

  /** Tells the ledger that people were told; the caller held it. */
  async recordWarned(
    write: WriteContext,
    { record, bindings }: HeldConsent,
    warned: { readonly days: number; readonly told: number },
  ): Promise<void> {
    await this.ledger.append(write, consentExpiryWarned(record, bindings, warned));
  }

  /** The newest version. */
  async find(read: ReadContext, id: ConsentId): Promise<Result<ConsentRecord, ConsentRefusal>> {
    const [record] = await this.findMany(read, [id]);
    return record ? ok(record) : refuse(notFound('consent'));
  }

  /** The newest version of those of `ids` that exist, in no order; none for an actor who may not read consents. */
  async findMany(read: ReadContext, ids: readonly ConsentId[]): Promise<readonly ConsentRecord[]> {
    return allow(read.context, 'read', 'Consent') ? [] : this.consents.findMany(read, ids);
  }

  /** The newest version of each, registered last first; the key of a page is the consent's id. */
  async list(read: ReadContext, slice: Slice): Promise<readonly ConsentRecord[]> {
    return allow(read.context, 'read', 'Consent') ? [] : this.consents.page(read, slice);
  }

  /** All versions of one consent, oldest first. */
  async history(read: ReadContext, id: ConsentId): Promise<readonly ConsentRecord[]> {
    return allow(read.context, 'read', 'Consent') ? [] : this.consents.versions(read, id);
  }

  /** Which faces of which pictures a consent is bound to. */
  async bindings(read: ReadContext, id: ConsentId): Promise<readonly ConsentBinding[]> {
    return allow(read.context, 'read', 'Consent') ? [] : this.consents.bindingsOf(read, id);
  }

  /** One answer per face, in their order, for flows that authorised already: a gate asks for people who may not read the registry. */
  async match(read: ReadContext, question: MatchQuestion): Promise<readonly FaceConsent[]> {
    return this.matcher.match(read, question);
  }
}
