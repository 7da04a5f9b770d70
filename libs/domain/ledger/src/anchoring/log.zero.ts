import type { TenantId } from '@imprimatur/kernel';

/** Log 0 stands in the tables of the tenants' logs under this id of the year 1970, which is nobody's. Its entries are their signed checkpoints, byte for byte. */
export const LOG_ZERO = '00000000-0000-7000-8000-000000000000' as TenantId;

/** The type of its rows in `ledger_entry`; the bytes of the entries themselves are notes and have no type. */
export const LOG_ZERO_ENTRY = 'log.checkpointed';
