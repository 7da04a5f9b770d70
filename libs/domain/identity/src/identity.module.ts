import { DataKeyTables, LedgerModule } from '@imprimatur/domain/ledger';
import { loadConfig } from '@imprimatur/platform/config';
import { Module } from '@nestjs/common';
import { ApiKeyService } from './api-key.service.js';
import { ContactRepository } from './contact.repository.js';
import { ContactService } from './contact.service.js';
import { CredentialRepository } from './credential.repository.js';
import { DemonstrationService } from './demonstration.service.js';
import { GrantRepository } from './grants/grant.repository.js';
import { GrantService } from './grants/grant.service.js';
import { IdentityRepository } from './identity.repository.js';
import { IdentityService } from './identity.service.js';
import { MemberService } from './member.service.js';
import { PersonCopies } from './person.copies.repository.js';
import { CredentialService } from './signatures/credential.service.js';
import { HandService, PEOPLE_CONFIG } from './signatures/hand.service.js';
import { SignatureRepository } from './signatures/signature.repository.js';
import { SubjectService } from './subject.service.js';
import { TenantService } from './tenant.service.js';

const services = [
  IdentityService,
  TenantService,
  MemberService,
  ApiKeyService,
  SubjectService,
  ContactService,
  DemonstrationService,
  GrantService,
  HandService,
  CredentialService,
];
const repositories = [IdentityRepository, ContactRepository, CredentialRepository, GrantRepository, SignatureRepository];

@Module({
  imports: [LedgerModule],
  providers: [...repositories, PersonCopies, ...services, { provide: PEOPLE_CONFIG, useFactory: () => loadConfig() }],
  exports: [PersonCopies, ...services],
})
export class IdentityModule {
  constructor(keys: DataKeyTables) {
    keys.register({ table: 'mail_address', key: [{ column: 'subject', type: 'uuid' }], wrapped: 'wrapped_key' });
  }
}
