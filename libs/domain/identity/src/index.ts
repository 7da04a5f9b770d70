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
export { type GrantRefusal } from './grants/grant.refusals.js';
export { GrantRepository } from './grants/grant.repository.js';
export { grantStateOf } from './grants/grant.rules.js';
export { confirmationMatter, GrantService } from './grants/grant.service.js';
export type { GrantState, RoleGrant } from './grants/grant.types.js';
export { IdentityModule } from './identity.module.js';
export type { IdentityRefusal, MailAddressInvalid } from './identity.refusals.js';
export { scopesReach } from './identity.rules.js';
export { API_KEY_PREFIX, IdentityService } from './identity.service.js';
export type { ApiKey, ExternalIdentity, Member, Principal, Subject, Tenant } from './identity.types.js';
export { PersonCopies, type PersonCopy } from './person.copies.repository.js';
export { MemberService, type NewMember } from './member.service.js';
export { CredentialService, type Enrolment, enrolmentMatter, revocationMatter } from './signatures/credential.service.js';
export type { Attestation, Credential } from './signatures/credential.types.js';
export { byHand, type Duty, type Hand, type MaybeAssertion } from './signatures/hand.js';
export { HandService, PEOPLE_CONFIG, type PeopleConfig, type Statement } from './signatures/hand.service.js';
export { SignatureRepository } from './signatures/signature.repository.js';
export type { CredentialRefusal, HandRefusal } from './signatures/signature.refusals.js';
export { SubjectService } from './subject.service.js';
export { TenantService, type FoundTenant, type NewTenant } from './tenant.service.js';
