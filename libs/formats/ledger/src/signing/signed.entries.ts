import type { Entry } from '../entry.js';
import {
  type EnrolledKey,
  type PersonSignatureReport,
  type PersonTools,
  readAssertion,
  verifyPersonSignature,
} from './person.signature.js';

export const ENROLMENT_TYPE = 'credential.enrolled';

export type SignedEntryReport =
  PersonSignatureReport | { readonly status: 'unknown'; readonly why: 'signed, key not known' | 'signed in a way that is not known here' };

/** Keys that entries of a log enrol, and what they make of the entries that are signed with them. */
export class PersonKeys {
  private readonly keys = new Map<string, EnrolledKey>();

  /** Takes in what the entry enrols, if it does. A key cannot be enrolled anew for somebody else: the first one stays. */
  learn({ type, tenant, facts }: Pick<Entry, 'type' | 'tenant' | 'facts'>): void {
    if (type !== ENROLMENT_TYPE) return;
    const { credentialId, publicKey, rpId, ref } = facts;
    if (typeof credentialId !== 'string' || typeof publicKey !== 'string' || typeof rpId !== 'string' || typeof ref !== 'string') return;
    const name = `${tenant} ${credentialId}`;
    if (!this.keys.has(name)) this.keys.set(name, { credentialId, publicKey, rpId, ref });
  }

  /** Null: the entry is not signed by a person. */
  async judge(entry: Entry, statement: Uint8Array | null, tools: PersonTools): Promise<SignedEntryReport | null> {
    if (!entry.signature) return null;
    if (entry.signature.kind !== 'webauthn') return { status: 'unknown', why: 'signed in a way that is not known here' };
    const credentialId = readAssertion(entry.signature.value)?.credentialId;
    const key = this.keys.get(`${entry.tenant} ${credentialId}`);
    if (!key && credentialId !== undefined) return { status: 'unknown', why: 'signed, key not known' };
    return key ? verifyPersonSignature(entry, statement, key, tools) : { status: 'bad', why: 'the signature cannot be read' };
  }
}
