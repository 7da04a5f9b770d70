import { type Credential, CredentialService } from '@imprimatur/domain/identity';
import type { Context, CredentialId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class CredentialLoader extends RequestLoader<CredentialId, Credential> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly credentials: CredentialService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly CredentialId[]): Promise<ReadonlyMap<CredentialId, Credential>> {
    const found = await this.unitOfWork.read(context, (read) => this.credentials.findMany(read, ids));
    return new Map(found.map((credential) => [credential.id, credential]));
  }
}
