import type { SubjectId, TenantId } from '@imprimatur/kernel';

/** Told to every process when a notice commits: `<tenant>/<addressee>`. */
export const NOTICE_CHANNEL = 'imprimatur_notice';

export const noticeTopic = (tenant: TenantId, addressee: SubjectId): string => `${tenant}/${addressee}`;
