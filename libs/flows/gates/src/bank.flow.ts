import { AssetService } from '@imprimatur/domain/assets';
import { type BankRefusal, type KnownPicture, type ListedAs, PictureBank } from '@imprimatur/domain/moderation';
import { notFound, refuse, type Result, type VersionId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Lists a picture of this tenant in its bank. */
@Injectable()
export class BankFlow {
  constructor(
    private readonly assets: AssetService,
    private readonly bank: PictureBank,
  ) {}

  async list(write: WriteContext, id: VersionId, knownAs: ListedAs, reason: string): Promise<Result<KnownPicture, BankRefusal>> {
    const found = await this.assets.holdVersion(write, id);
    return found.ok && found.value.erasedAt === null ? this.bank.list(write, found.value, knownAs, reason) : refuse(notFound('version'));
  }
}
