import { ok, refuse, type Result } from '@imprimatur/kernel';
import { periodInvalid, providerInvalid, type ReconciliationRefusal, timeZoneUnknown, windowInvalid } from './reconciliation.refusals.js';
import { type Zone, zoneOf } from './reconciliation.time.js';
import type { ReconciliationRequest } from './reconciliation.types.js';

export const WINDOW_SECONDS_DEFAULT = 120;
const WINDOW_SECONDS_MAX = 3_600;

export interface CheckedRequest extends ReconciliationRequest {
  /** Of times that state none; null: none was given. */
  readonly zone: Zone | null;
}

export function checkRequest(request: ReconciliationRequest): Result<CheckedRequest, ReconciliationRefusal> {
  const { provider, timeZone, windowSeconds, period } = request;
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(provider)) return refuse(providerInvalid());
  if (!Number.isInteger(windowSeconds) || windowSeconds < 1 || windowSeconds > WINDOW_SECONDS_MAX)
    return refuse(windowInvalid(WINDOW_SECONDS_MAX));
  if (period && !(period.from.getTime() <= period.to.getTime())) return refuse(periodInvalid());
  const zone = timeZone === null ? null : zoneOf(timeZone);
  if (timeZone !== null && !zone) return refuse(timeZoneUnknown());
  return ok({ ...request, zone });
}
