import { AttestationService, type FaceAttestation } from '@imprimatur/domain/consent';
import type { AttestationId, Context } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class AttestationLoader extends RequestLoader<AttestationId, FaceAttestation> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly attestations: AttestationService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly AttestationId[]): Promise<ReadonlyMap<AttestationId, FaceAttestation>> {
    const found = await this.unitOfWork.read(context, (read) => this.attestations.findMany(read, ids));
    return new Map(found.map((attestation) => [attestation.id, attestation]));
  }
}
