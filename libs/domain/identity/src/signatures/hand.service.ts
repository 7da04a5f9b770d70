import { randomBytes } from 'node:crypto';
import { sha256 } from '@imprimatur/domain/ledger';
import { type Assertion, type Matter, readClientData, statementText } from '@imprimatur/formats/ledger';
import {
  type Context,
  forbidden,
  fromBase64Url,
  newId,
  ok,
  type Refusal,
  refuse,
  type Result,
  type Role,
  type StatementId,
  type SubjectId,
  systemClock,
  timestamp,
  toBase64Url,
  utf8,
} from '@imprimatur/kernel';
import type { Config } from '@imprimatur/platform/config';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Inject, Injectable } from '@nestjs/common';
import { allow, rolesThatMay } from '../abilities.js';
import { roleCooling } from '../grants/grant.refusals.js';
import { GrantRepository } from '../grants/grant.repository.js';
import type { RoleGrant } from '../grants/grant.types.js';
import { checkAssertion, keptSignature, unpadded } from './authenticator.js';
import type { Challenge, Credential } from './credential.types.js';
import type { Duty, Hand, MaybeAssertion } from './hand.js';
import {
  credentialMissing,
  type CredentialRefusal,
  type HandRefusal,
  signatureInvalid,
  signatureOtherStatement,
  signatureRequired,
  signaturesNotConfigured,
  statementUnknown,
} from './signature.refusals.js';
import { SignatureRepository } from './signature.repository.js';

/** Injection token: what of the configuration is about people. */
export const PEOPLE_CONFIG = Symbol('people config');
export type PeopleConfig = Pick<Config, 'webauthn' | 'grantCoolingMinutes'>;

export const CHALLENGE_MINUTES = 5;
const CHALLENGE_BYTES = 32;

/** A statement that waits to be signed. */
export interface Statement {
  readonly id: StatementId;
  readonly text: string;
  /** base64url: SHA-256 of the text. */
  readonly challenge: string;
  readonly rpId: string;
  /** base64url ids of the authenticators that may sign it. */
  readonly authenticators: readonly string[];
  readonly expiresAt: Date;
}

/** Whose hand takes a decision: with which role, since when, and whether with a signature. */
@Injectable()
export class HandService {
  constructor(
    private readonly signatures: SignatureRepository,
    private readonly grants: GrantRepository,
    @Inject(PEOPLE_CONFIG) private readonly config: PeopleConfig,
  ) {}

  /** Draws up the statement of `matter` for whoever asks. Nothing of what it says is kept: it is drawn up again when the decision comes. */
  async begin(write: WriteContext, matter: Matter): Promise<Result<StatementId, CredentialRefusal>> {
    const person = personOf(write.context);
    if (!person.ok) return person;
    const { webauthn } = this.config;
    if (!webauthn) return refuse(signaturesNotConfigured());
    const usable = await this.signatures.usable(write, person.value, webauthn.rpId);
    if (usable.length === 0) return refuse(credentialMissing());
    const id = newId('statement');
    const begunAt = systemClock.now();
    const nonce = randomBytes(CHALLENGE_BYTES);
    const waiting: Omit<Challenge, 'challenge'> = {
      ...{ id, subject: person.value, purpose: 'sign', nonce, begunAt },
      expiresAt: new Date(begunAt.getTime() + CHALLENGE_MINUTES * 60_000),
    };
    const challenge = sha256(utf8(textOf(write.context, matter, waiting)));
    await this.signatures.wait(write, { ...waiting, challenge });
    return ok(id);
  }

  /** The statement that waits, drawn up again from `matter`. */
  async statement(read: ReadContext, id: StatementId, matter: Matter): Promise<Result<Statement, CredentialRefusal>> {
    const person = personOf(read.context);
    if (!person.ok) return person;
    const { webauthn } = this.config;
    if (!webauthn) return refuse(signaturesNotConfigured());
    const waiting = await this.signatures.waiting(read, id, person.value, systemClock.now());
    if (!waiting) return refuse(statementUnknown());
    const usable = await this.signatures.usable(read, person.value, webauthn.rpId);
    return ok({
      id,
      text: textOf(read.context, matter, waiting),
      challenge: toBase64Url(waiting.challenge),
      rpId: webauthn.rpId,
      authenticators: usable.map(({ credentialId }) => toBase64Url(credentialId)),
      expiresAt: waiting.expiresAt,
    });
  }

  /**
   * Takes a decision in hand, as the last thing before it is written: an answer that was used does not serve again. Refuses services, and where the role still
   * rests, where a signature is missing, and where the one that came is not by this person, over exactly this.
   */
  async take(write: WriteContext, matter: Matter, duty: Duty, assertion: MaybeAssertion): Promise<Result<Hand, HandRefusal>> {
    const { context } = write;
    const denied = allow(context, duty.action, duty.on);
    if (denied) return refuse(denied);
    if (context.actor.kind === 'system') return ok({ grant: null, signed: null });
    const person = personOf(context);
    if (!person.ok) return person;
    const grant = await this.standing(write, duty);
    if (!grant.ok) return grant;
    const signed = await this.signed(write, matter, duty, assertion);
    return signed.ok ? ok({ grant: grant.value?.entry ?? null, signed: signed.value }) : signed;
  }

  /** Roles of the actor without those that still rest: a place that is kept for a role takes one that may be used. */
  async rolesThatRested(read: ReadContext): Promise<readonly Role[]> {
    const { subject, roles } = read.context.actor;
    const grants = subject === null ? [] : await this.grants.standing(read, subject, roles);
    const now = systemClock.now();
    const resting = grants.filter(({ confirmed }) => confirmed && confirmed.usableFrom > now).map(({ role }) => role);
    return roles.filter((role) => !resting.includes(role));
  }

  /** The grant that the actor decides by: of those that may be used, the one that could be for the longest. */
  private async standing(read: ReadContext, { action, on, rests }: Duty): Promise<Result<RoleGrant | null, HandRefusal>> {
    const { subject, roles } = read.context.actor;
    const able = rolesThatMay(action, on).filter((role) => roles.includes(role));
    const grants = subject === null ? [] : await this.grants.standing(read, subject, able);
    const now = systemClock.now();
    const first = grants[0];
    const isResting = rests && first?.confirmed && first.confirmed.usableFrom > now && grants.length === able.length;
    return isResting ? refuse(roleCooling(first.confirmed.usableFrom)) : ok(first ?? null);
  }

  private async signed(
    write: WriteContext,
    matter: Matter,
    { signature }: Duty,
    assertion: MaybeAssertion,
  ): Promise<Result<Hand['signed'], HandRefusal>> {
    if (assertion) return this.sign(write, matter, assertion);
    if (signature === 'if-given') return ok(null);
    const { subject } = write.context.actor;
    const { webauthn } = this.config;
    const usable = subject && webauthn ? await this.signatures.usable(write, subject, webauthn.rpId) : [];
    return signature === 'always' || usable.length > 0 ? refuse(signatureRequired(usable.length > 0)) : ok(null);
  }

  /**
   * (1) the challenge must wait for this person, and is taken; (2) it must be of exactly this matter; (3) an authenticator of theirs answered it; (4) what
   * will be kept is good for those who check it later.
   */
  private async sign(write: WriteContext, matter: Matter, given: Assertion): Promise<Result<Hand['signed'], HandRefusal>> {
    const person = personOf(write.context);
    if (!person.ok) return person;
    const { webauthn } = this.config;
    const assertion = unpadded(given);
    const challenge = challengeOf(assertion);
    if (!challenge || !webauthn) return refuse(signatureInvalid("the client's data has no challenge of ours"));
    const waited = await this.signatures.take(write, { subject: person.value, purpose: 'sign', challenge }, systemClock.now());
    if (!waited) return refuse(statementUnknown());
    const statement = textOf(write.context, matter, waited);
    const over = toBase64Url(sha256(utf8(statement)));
    if (over !== toBase64Url(challenge)) return refuse(signatureOtherStatement());
    const credential = await this.credentialOf(write, assertion, person.value, webauthn.rpId);
    if (!credential) return refuse(signatureInvalid('the authenticator is none of yours that may be used'));
    const counted = await checkAssertion(assertion, over, credential, webauthn);
    if (!counted.ok) return counted;
    const signed = await keptSignature(write.context, matter, { over, statement }, assertion, credential);
    if (signed.ok) await this.signatures.count(write, credential.id, counted.value);
    return signed;
  }

  private async credentialOf(write: WriteContext, assertion: Assertion, owner: SubjectId, rpId: string): Promise<Credential | null> {
    const id = bytesOf(assertion.credentialId);
    const found = id && (await this.signatures.lockByAuthenticator(write, id));
    return found && found.subject === owner && found.rpId === rpId && found.revokedAt === null ? found : null;
  }
}

/** A key that a service holds is nobody's hand: one administrator alone could make any number of them. */
export function personOf({ actor }: Context): Result<SubjectId, Refusal<'FORBIDDEN'>> {
  if (actor.kind === 'person' && actor.subject !== null) return ok(actor.subject);
  return refuse(forbidden('decide or sign this as a service', 'A person must sign in.'));
}

function textOf({ tenant, actor }: Context, matter: Matter, { nonce, begunAt }: Pick<Challenge, 'nonce' | 'begunAt'>): string {
  return statementText(sha256, matter, { tenant, actor: actor.ref, nonce: toBase64Url(nonce), at: timestamp(begunAt) });
}

function challengeOf({ clientDataJSON }: Assertion): Uint8Array | null {
  const challenge = readClientData(clientDataJSON)?.challenge;
  const bytes = typeof challenge === 'string' ? bytesOf(challenge) : null;
  return bytes?.length === CHALLENGE_BYTES ? bytes : null;
}

function bytesOf(text: string): Uint8Array | null {
  try {
    return fromBase64Url(text);
  } catch {
    return null;
  }
}
