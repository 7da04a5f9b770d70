import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { type AttestationId, newId, notFound, ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { attestationConfirmed, attestationEnded, faceAttested } from './attestation.events.js';
import { attestationExists, attestationNotOpen, type AttestationRefusal } from './attestation.refusals.js';
import { AttestationRepository } from './attestation.repository.js';
import { attestationOf, confirmationRefusal, reasonRefusal, wishRefusal } from './attestation.rules.js';
import type { AttestationPage, FaceAttestation, NewAttestation } from './attestation.types.js';

/** Faces that need no consent, as two people say. */
@Injectable()
export class AttestationService {
  constructor(
    private readonly attestations: AttestationRepository,
    private readonly ledger: Ledger,
  ) {}

  /** Counts for nothing until another person confirms it. The caller says which face of which picture it is. */
  async attest(write: WriteContext, wish: NewAttestation): Promise<Result<FaceAttestation, AttestationRefusal>> {
    const denied = allow(write.context, 'create', 'FaceAttestation') ?? wishRefusal(wish);
    if (denied) return refuse(denied);
    await this.attestations.lockVersion(write, wish.version);
    if (attestationOf(await this.attestations.standing(write, [wish.version]), wish.face)) return refuse(attestationExists());
    const id = newId('attestation');
    const { asset, version, face, ground } = wish;
    const reference = wish.reference?.trim() ?? null;
    const { id: entry } = await this.ledger.append(write, faceAttested(id, { ...wish, reference }));
    const attestation: FaceAttestation = {
      ...{ id, asset, version, face, ground, reference, entry },
      attestedBy: write.context.actor.subject,
      attestedAt: systemClock.now(),
      confirmed: null,
      ended: null,
    };
    await this.attestations.insert(write, attestation);
    return ok(attestation);
  }

  /** From now on the face counts as covered, here and in what is made from the picture. An exemption is a legal question. */
  async confirm(write: WriteContext, id: AttestationId): Promise<Result<FaceAttestation, AttestationRefusal>> {
    const denied = allow(write.context, 'activate', 'FaceAttestation');
    if (denied) return refuse(denied);
    const found = await this.attestations.lock(write, id);
    if (!found) return refuse(notFound('attestation'));
    const [by, at] = [write.context.actor.subject, systemClock.now()];
    const lawyers = found.ground === 'exempt' ? allow(write.context, 'decide', 'FaceAttestation') : null;
    const refused = lawyers ?? confirmationRefusal(found, by);
    if (refused) return refuse(refused);
    await this.attestations.confirm(write, id, { by, at });
    await this.ledger.append(write, attestationConfirmed(found));
    return ok({ ...found, confirmed: { by, at } });
  }

  /** As it was; what was made under it is its flow's to end. */
  async end(write: WriteContext, id: AttestationId, reason: string): Promise<Result<FaceAttestation, AttestationRefusal>> {
    const denied = allow(write.context, 'withdraw', 'FaceAttestation') ?? reasonRefusal(reason);
    if (denied) return refuse(denied);
    const found = await this.attestations.lock(write, id);
    if (!found) return refuse(notFound('attestation'));
    if (found.ended) return refuse(attestationNotOpen('ended already'));
    const { id: entry } = await this.ledger.append(write, attestationEnded(found, reason));
    await this.attestations.end(write, id, { by: write.context.actor.subject, at: systemClock.now(), entry });
    return ok(found);
  }

  async findMany(read: ReadContext, ids: readonly AttestationId[]): Promise<readonly FaceAttestation[]> {
    return allow(read.context, 'read', 'FaceAttestation') ? [] : this.attestations.findMany(read, ids);
  }

  /** Newest first; the key of a page is the attestation's id. */
  async list(read: ReadContext, page: AttestationPage): Promise<readonly FaceAttestation[]> {
    return allow(read.context, 'read', 'FaceAttestation') ? [] : this.attestations.page(read, page);
  }
}
