import { type ApiKey, ApiKeyService } from '@imprimatur/domain/identity';
import type { ApiKeyId, Context } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class ApiKeyLoader extends RequestLoader<ApiKeyId, ApiKey> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keys: ApiKeyService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly ApiKeyId[]): Promise<ReadonlyMap<ApiKeyId, ApiKey>> {
    const found = await this.unitOfWork.read(context, (read) => this.keys.findMany(read, ids));
    return new Map(found.map((key) => [key.id, key]));
  }
}
