import { type Clock, Fault } from '@imprimatur/kernel';
import type { Config } from '@imprimatur/platform/config';
import { LocalTimestampAuthority } from './local.timestamp-authority.js';
import type { ManifestSigner } from './manifest.signer.js';
import { PemSigner } from './pem.signer.js';
import { ensureDevelopmentPki } from './pki/development.pki.js';
import type { TimestampAuthority } from './timestamp.authority.js';

/** What exports are signed and stamped with. */
export interface SigningCredentials {
  readonly signer: ManifestSigner;
  readonly authority: TimestampAuthority;
}

export interface SigningSettings extends Pick<Config, 'mode' | 'home'> {
  /** `development-ca` says by name that it may be used in production. */
  readonly signer?: 'development-ca' | undefined;
}

/**
 * Opens the signer of this installation. Only the process that signs calls it: the keys are then in its memory. Throws Fault
 * SIGNER_NOT_CONFIGURED in production, where the development CA signs only when it is named.
 */
export async function openSigningCredentials({ mode, home, signer }: SigningSettings, clock: Clock): Promise<SigningCredentials> {
  if (mode === 'production' && signer !== 'development-ca') {
    throw new Fault({
      room: 'provenance',
      code: 'SIGNER_NOT_CONFIGURED',
      message: 'no signer is configured, and production does not use the development CA unless it is named',
      safe: true,
    });
  }
  const { claimSigning, timeStamping } = await ensureDevelopmentPki(home, clock);
  return { signer: new PemSigner(claimSigning, claimSigning), authority: new LocalTimestampAuthority(timeStamping, clock) };
}
