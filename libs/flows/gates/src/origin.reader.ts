import { type Asset, originMismatch } from '@imprimatur/domain/assets';
import { MemberService, TenantService } from '@imprimatur/domain/identity';
import type { OriginMismatch } from '@imprimatur/formats/policy';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Compares what an uploader declared with what the file itself says. Names go no further than this: rules hear codes. */
@Injectable()
export class OriginReader {
  constructor(
    private readonly tenants: TenantService,
    private readonly members: MemberService,
  ) {}

  async mismatch(read: ReadContext, asset: Asset): Promise<readonly OriginMismatch[]> {
    const tenant = await this.tenants.current(read);
    const uploader = asset.uploadedBy === null ? [] : await this.members.namesOf(read, [asset.uploadedBy]);
    return originMismatch(asset, [...(tenant.ok ? [tenant.value.name] : []), ...uploader]);
  }
}
