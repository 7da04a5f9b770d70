import type { NotFound } from '@imprimatur/kernel';

export type AttemptRefusal = NotFound;
