import { randomBytes } from 'node:crypto';
import { Ledger, sha256 } from '@imprimatur/domain/ledger';
import type { Matter } from '@imprimatur/formats/ledger';
import {
  type CredentialId,
  newId,
  notFound,
  ok,
  refuse,
  type Result,
  type SubjectId,
  systemClock,
  toBase64Url,
  toHex,
} from '@imprimatur/kernel';
import type { WebauthnConfig } from '@imprimatur/platform/config';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Inject, Injectable } from '@nestjs/common';
import { allow } from '../abilities.js';
import type { Slice } from '../identity.repository.js';
import { checkAttestation } from './authenticator.js';
import { credentialEnrolled, credentialRevoked } from './credential.events.js';
import type { Attestation, Challenge, Credential } from './credential.types.js';
import { byHand, type Duty, type MaybeAssertion } from './hand.js';
import { CHALLENGE_MINUTES, HandService, PEOPLE_CONFIG, type PeopleConfig, personOf } from './hand.service.js';
import { credentialInvalid, type CredentialRefusal, signaturesNotConfigured, statementUnknown } from './signature.refusals.js';
import { SignatureRepository } from './signature.repository.js';

const LABEL_CHARS_MAX = 100;
const CHALLENGE_BYTES = 32;

/** What the browser's `navigator.credentials.create` needs to hear. */
export interface Enrolment {
  readonly id: CredentialId;
  /** base64url. */
  readonly challenge: string;
  readonly rpId: string;
  /** base64url: whom the authenticator keeps it for. A pseudonym: the name is the browser's to show. */
  readonly userHandle: string;
  /** base64url ids of those that are enrolled already. */
  readonly enrolled: readonly string[];
  readonly expiresAt: Date;
}

const OWN: Duty = { action: 'edit', on: 'Credential', rests: false, signature: 'when-enrolled' };

/** The authenticators of people. Once a person has one, more of them, and fewer, take its signature: a stolen session alone changes nothing. */
@Injectable()
export class CredentialService {
  constructor(
    private readonly signatures: SignatureRepository,
    private readonly hands: HandService,
    private readonly ledger: Ledger,
    @Inject(PEOPLE_CONFIG) private readonly config: PeopleConfig,
  ) {}

  async begin(write: WriteContext): Promise<Result<CredentialId, CredentialRefusal>> {
    const person = this.owner(write);
    if (!person.ok) return person;
    const id = newId('credential');
    const begunAt = systemClock.now();
    const waiting: Challenge = {
      ...{
        id,
        subject: person.value.subject,
        purpose: 'enrol',
        challenge: randomBytes(CHALLENGE_BYTES),
        nonce: randomBytes(CHALLENGE_BYTES),
      },
      ...{ begunAt, expiresAt: new Date(begunAt.getTime() + CHALLENGE_MINUTES * 60_000) },
    };
    await this.signatures.wait(write, waiting);
    return ok(id);
  }

  async enrolment(read: ReadContext, id: CredentialId): Promise<Result<Enrolment, CredentialRefusal>> {
    const person = this.owner(read);
    if (!person.ok) return person;
    const { subject, webauthn } = person.value;
    const waiting = await this.signatures.waiting(read, id, subject, systemClock.now());
    if (!waiting) return refuse(statementUnknown());
    const enrolled = await this.signatures.usable(read, subject, webauthn.rpId);
    return ok({
      id,
      challenge: toBase64Url(waiting.challenge),
      rpId: webauthn.rpId,
      userHandle: toBase64Url(Buffer.from(read.context.actor.ref)),
      enrolled: enrolled.map(({ credentialId }) => toBase64Url(credentialId)),
      expiresAt: waiting.expiresAt,
    });
  }

  /** Enrols what answered. `assertion`: by an authenticator that the person has already, over the new one's answer. */
  async finish(
    write: WriteContext,
    id: CredentialId,
    { label, attestation, assertion }: { readonly label: string; readonly attestation: Attestation; readonly assertion: MaybeAssertion },
  ): Promise<Result<Credential, CredentialRefusal>> {
    const person = this.owner(write);
    if (!person.ok) return person;
    const { subject, webauthn } = person.value;
    if (label.trim() === '' || label.length > LABEL_CHARS_MAX) return refuse(credentialInvalid('its label has not 1 to 100 characters'));
    const now = systemClock.now();
    const waiting = await this.signatures.waiting(write, id, subject, now);
    const taken = waiting && (await this.signatures.take(write, { subject, purpose: 'enrol', challenge: waiting.challenge }, now));
    if (!taken) return refuse(statementUnknown());
    const checked = await checkAttestation(attestation, taken.challenge, webauthn);
    if (!checked.ok) return checked;
    const content = toHex(sha256(Buffer.from(attestation.attestationObject, 'base64url')));
    const hand = await this.hands.take(write, enrolmentMatter(id, content), OWN, assertion);
    if (!hand.ok) return hand;
    const { aaguid, isBackedUp, ...key } = checked.value;
    const enrolled = { id, subject, ...key, rpId: webauthn.rpId, enrolledAt: now, revokedAt: null };
    const event = credentialEnrolled(enrolled, write.context.actor, { label: label.trim(), aaguid, isBackedUp });
    const { id: entry } = await this.ledger.append(write, byHand(event, hand.value, [subject]));
    const credential: Credential = { ...enrolled, entry };
    return (await this.signatures.insert(write, credential)) ? ok(credential) : refuse(credentialInvalid('it is enrolled already'));
  }

  /** For good. One's own with a signature; whoever lost theirs asks an administrator, who is somebody else. */
  async revoke(write: WriteContext, id: CredentialId, assertion: MaybeAssertion): Promise<Result<Credential, CredentialRefusal>> {
    const denied = allow(write.context, 'edit', 'Credential');
    if (denied) return refuse(denied);
    const credential = await this.signatures.lock(write, id);
    const isOwn = credential?.subject === write.context.actor.subject;
    if (!credential || (!isOwn && allow(write.context, 'administer', 'Member'))) return refuse(notFound('credential'));
    if (credential.revokedAt) return ok(credential);
    const duty: Duty = isOwn ? OWN : { action: 'administer', on: 'Member', rests: false, signature: 'when-enrolled' };
    const hand = await this.hands.take(write, revocationMatter(id), duty, assertion);
    if (!hand.ok) return hand;
    const now = systemClock.now();
    await this.signatures.revoke(write, id, now);
    await this.ledger.append(
      write,
      byHand(credentialRevoked(credential, isOwn ? 'owner' : 'administrator'), hand.value, [credential.subject]),
    );
    return ok({ ...credential, revokedAt: now });
  }

  /** Those of `ids` that are the caller's own, or anybody's for whoever may read members. */
  async findMany(read: ReadContext, ids: readonly CredentialId[]): Promise<readonly Credential[]> {
    const found = await this.signatures.findMany(read, ids);
    return found.filter(({ subject }) => this.maySee(read, subject));
  }

  /** Of one person, oldest first, revoked ones too; empty where they are not the caller's to see. */
  async list(read: ReadContext, subject: SubjectId, slice: Slice): Promise<readonly Credential[]> {
    return this.maySee(read, subject) ? this.signatures.page(read, subject, slice) : [];
  }

  private maySee({ context }: ReadContext, subject: SubjectId): boolean {
    return context.actor.subject === subject || allow(context, 'read', 'Member') === null;
  }

  private owner({ context }: ReadContext): Result<{ readonly subject: SubjectId; readonly webauthn: WebauthnConfig }, CredentialRefusal> {
    const denied = allow(context, 'edit', 'Credential');
    if (denied) return refuse(denied);
    const person = personOf(context);
    if (!person.ok) return person;
    const { webauthn } = this.config;
    return webauthn ? ok({ subject: person.value, webauthn }) : refuse(signaturesNotConfigured());
  }
}

/** `content`: hex SHA-256 of the new authenticator's attestation object. */
export function enrolmentMatter(id: CredentialId, content: string): Matter {
  return { kind: 'credential.enrol', object: id, content, bundle: null, outcome: 'enrol', code: null, reason: null };
}

export function revocationMatter(id: CredentialId): Matter {
  return { kind: 'credential.revoke', object: id, content: null, bundle: null, outcome: 'revoke', code: null, reason: null };
}
