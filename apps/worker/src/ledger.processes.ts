import { readFileSync } from 'node:fs';
import { Anchoring, type AnchoringOptions, Sequencer, sha256 } from '@imprimatur/domain/ledger';
import { parseWitnessPolicy, WitnessPolicyError } from '@imprimatur/formats/merkle';
import { Fault, systemClock } from '@imprimatur/kernel';
import type { Config } from '@imprimatur/platform/config';
import type { Logger } from '@imprimatur/platform/telemetry';
import { logSignerOf } from './log.signer.js';

export interface LedgerProcesses {
  stop(): Promise<void>;
}

/** Sequencer and anchoring, where this worker is given the sequencer's role; null otherwise. Throws Faults WITNESS_POLICY_INVALID and LOG_SIGNER_TWICE. */
export async function startLedgerProcesses(config: Config, logger: Logger): Promise<LedgerProcesses | null> {
  const { sequencerUrl: url, logName, anchoring } = config;
  if (url === undefined) return null;
  const witnesses = witnessesOf(anchoring.witnessPolicyFile);
  const sequencer = new Sequencer({
    url,
    signer: logSignerOf(config),
    logName,
    report: (error) => logger.error({ err: error }, isRefusedBySigner(error) ? REFUSED_BY_SIGNER : 'the sequencer went wrong'),
  });
  const anchors = new Anchoring({
    url,
    witnesses,
    anchorSeconds: anchoring.anchorSeconds,
    tsaUrl: anchoring.tsaUrl ?? null,
    stampSeconds: anchoring.stampSeconds,
    clock: systemClock,
    report: (error) => logger.error({ err: error }, 'anchoring the log went wrong'),
  });
  await sequencer.start();
  anchors.start();
  return {
    stop: async () => {
      await anchors.stop();
      await sequencer.stop();
    },
  };
}

/** Entries go on being taken in, and get their place in the tree; the fault names the log and both sizes. */
const REFUSED_BY_SIGNER =
  'the signer refuses a log: was an older backup restored? No checkpoint for it, and exports wait, until docs/operating/backup-restore.md is followed';

function isRefusedBySigner(error: unknown): boolean {
  return error instanceof Fault && error.code === 'CHECKPOINT_INCONSISTENT';
}

/** Those of the policy that have a URL. */
function witnessesOf(file: string | undefined): AnchoringOptions['witnesses'] {
  if (file === undefined) return [];
  try {
    const { witnesses } = parseWitnessPolicy(sha256, readFileSync(file, 'utf8'));
    return witnesses.flatMap(({ name, key, url }) => (url === null ? [] : [{ name, key, url }]));
  } catch (cause) {
    const why = cause instanceof WitnessPolicyError ? cause.message : 'it cannot be read';
    throw new Fault({
      room: 'ledger',
      code: 'WITNESS_POLICY_INVALID',
      message: `IMPRIMATUR_WITNESS_POLICY ${file}: ${why}`,
      safe: true,
      cause,
    });
  }
}
