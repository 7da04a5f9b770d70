import { DataKeyTables, LedgerModule } from '@imprimatur/domain/ledger';
import { Module } from '@nestjs/common';
import { ApiKeyService } from './api-key.service.js';
import { ContactRepository } from './contact.repository.js';
import { ContactService } from './contact.service.js';
import { CredentialRepository } from './credential.repository.js';
import { DemonstrationService } from './demonstration.service.js';
import { IdentityRepository } from './identity.repository.js';
import { IdentityService } from './identity.service.js';
import { MemberService } from './member.service.js';
import { PersonCopies } from './person.copies.repository.js';
import { SubjectService } from './subject.service.js';
import { TenantService } from './tenant.service.js';

const services = [IdentityService, TenantService, MemberService, ApiKeyService, SubjectService, ContactService, DemonstrationService];

@Module({
  imports: [LedgerModule],
  providers: [IdentityRepository, ContactRepository, CredentialRepository, PersonCopies, ...services],
  exports: [PersonCopies, ...services],
})
export class IdentityModule {
  constructor(keys: DataKeyTables) {
    keys.register({ table: 'mail_address', key: [{ column: 'subject', type: 'uuid' }], wrapped: 'wrapped_key' });
  }
}
