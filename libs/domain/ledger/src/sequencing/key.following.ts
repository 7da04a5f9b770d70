import type { Client } from 'pg';
import { answerFor, type LogKeys, type LogSigner, refusalOf } from '@imprimatur/domain/log-signer';
import { parseCheckpoint } from '@imprimatur/formats/merkle';
import { type Fault, systemContext, type TenantId } from '@imprimatur/kernel';
import { announce, LOGS_AT_ONCE } from '../succession/announcement.js';
import { draftEntry } from '../writing/entry.draft.js';
import { LogRepository, type StoredLog } from '../succession/log.repository.js';
import { LOG_ZERO } from '../anchoring/log.zero.js';
import { logKeyChanged } from '../succession/log.events.js';

/**
 * What the holder of the sequencer's lock does before its first round: (1) pins the keys of every log, and retires the origins that were
 * succeeded, which a crash may have kept from happening; (2) reports each log that cannot be signed any more, so that a restored backup
 * shows before the first new entry; (3) where the signer's current key is another one than before, makes it the log's, and
 * says so in an entry: so the log grows, and its newest checkpoint is signed by the new key, also where nothing else happens.
 */
export async function followKeys(client: Client, signer: LogSigner, report: (refused: Fault) => void): Promise<void> {
  const repository = new LogRepository(client);
  for (const { installation, successor } of await repository.successions()) await signer.retire(installation, successor);
  for (let after: TenantId | null = null, isLast = false; !isLast;) {
    const logs: readonly StoredLog[] = await repository.logs(after, LOGS_AT_ONCE);
    const keys = await signer.pin(logs.map(({ origin }) => origin));
    // any other is handed to the signer in a moment, and its refusal is reported then
    const signed = logs.filter(({ note, size }) => note !== null && parseCheckpoint(note)?.size === size);
    const standings = await signer.standings(signed.map(({ origin }) => origin));
    for (const refusal of signed.map((log) => refusalOf(log, answerFor(standings, log.origin)))) if (refusal) report(refusal);
    await changeKeys(client, repository, keys, logs);
    after = logs.at(-1)?.tenant ?? null;
    isLast = logs.length < LOGS_AT_ONCE;
  }
}

async function changeKeys(
  client: Client,
  repository: LogRepository,
  keys: ReadonlyMap<string, LogKeys>,
  logs: readonly StoredLog[],
): Promise<void> {
  const followed = logs.map((log) => ({ ...log, keys: answerFor(keys, log.origin) }));
  const changed = followed.filter((log) => log.vkey !== log.keys.current);
  if (changed.length === 0) return;
  const drafts = changed
    .filter(({ tenant }) => tenant !== LOG_ZERO)
    .map((log) =>
      draftEntry(systemContext(log.tenant, 'log-key'), logKeyChanged(log, log.keys.all), () =>
        Promise.reject(new Error('an event without parts needs no key')),
      ),
    );
  await repository.begin();
  try {
    await repository.changeKeys(changed.map((log) => ({ tenant: log.tenant, vkey: log.keys.current })));
    // log 0 holds checkpoints and nothing else: it grows by those of the others
    await announce(
      client,
      changed.filter(({ tenant }) => tenant !== LOG_ZERO),
      await Promise.all(drafts),
    );
    await repository.commit();
  } catch (error) {
    await repository.rollback();
    throw error;
  }
}
