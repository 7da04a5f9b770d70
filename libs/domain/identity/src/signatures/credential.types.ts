import type { CredentialId, EntryId, StatementId, SubjectId } from '@imprimatur/kernel';

/** An authenticator with which a person signs what they decide. */
export interface Credential {
  readonly id: CredentialId;
  readonly subject: SubjectId;
  /** As the authenticator calls it. */
  readonly credentialId: Uint8Array;
  /** COSE_Key. */
  readonly publicKey: Uint8Array;
  /** What the authenticator counted last; 0 for those that do not count. */
  readonly signCount: number;
  /** The domain that it was enrolled for. */
  readonly rpId: string;
  /** `credential.enrolled`; its part `label` holds what the person calls it. */
  readonly entry: EntryId;
  readonly enrolledAt: Date;
  readonly revokedAt: Date | null;
}

/** What waits to be answered by an authenticator. Nothing of what is signed is kept, only what makes its statement unlike others. */
export interface Challenge {
  /** Of an enrolment: the id that the credential will have. */
  readonly id: CredentialId | StatementId;
  readonly subject: SubjectId;
  readonly purpose: 'enrol' | 'sign';
  /** 32 bytes. */
  readonly challenge: Uint8Array;
  /** 32 bytes. */
  readonly nonce: Uint8Array;
  readonly begunAt: Date;
  readonly expiresAt: Date;
}

/** What a new authenticator answers, each base64url without padding. */
export interface Attestation {
  readonly credentialId: string;
  readonly attestationObject: string;
  readonly clientDataJSON: string;
}
