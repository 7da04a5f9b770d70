import type { EntryId, GrantId, Role, SubjectId } from '@imprimatur/kernel';

/** proposed > granted > ended; proposed > ended where it was declined. */
export type GrantState = 'proposed' | 'granted' | 'ended';

/** One role of one member, with the two people who gave it. */
export interface RoleGrant {
  readonly id: GrantId;
  readonly member: SubjectId;
  readonly role: Role;
  /** Null: the service, which makes a tenant's first administrator, or nobody knows since it was before grants were kept. */
  readonly proposedBy: SubjectId | null;
  readonly proposedAt: Date;
  /** `by` null: nobody did; it counted at once. Null: it does not count. */
  readonly confirmed: { readonly by: SubjectId | null; readonly at: Date; readonly usableFrom: Date } | null;
  /** It took one person only: the role is not privileged, or the tenant had no second administrator. */
  readonly isAlone: boolean;
  /** `role.granted`, or `role.proposed` while it waits. */
  readonly entry: EntryId;
  readonly endedAt: Date | null;
}
