export {
  ABILITIES,
  ACTIONS,
  allow,
  isAction,
  isSubjectType,
  rolesThatMay,
  SUBJECT_TYPES,
  type Action,
  type Attributes,
  type SubjectType,
} from './abilities.js';
export { ApiKeyService, type CreatedApiKey, type NewApiKey } from './api-key.service.js';
export { ContactRepository } from './contact.repository.js';
export { ContactService } from './contact.service.js';
export { DEMONSTRATORS, DemonstrationService, DEVELOPMENT_ISSUER, type Demonstrator } from './demonstration.service.js';
export { IdentityModule } from './identity.module.js';
export type { IdentityRefusal, MailAddressInvalid } from './identity.refusals.js';
export { scopesReach } from './identity.rules.js';
export { API_KEY_PREFIX, IdentityService } from './identity.service.js';
export type { ApiKey, ExternalIdentity, Member, Principal, Subject, Tenant } from './identity.types.js';
export { PersonCopies, type PersonCopy } from './person.copies.repository.js';
export { MemberService, type NewMember } from './member.service.js';
export { SubjectService } from './subject.service.js';
export { TenantService, type FoundTenant, type NewTenant } from './tenant.service.js';
