import { Client } from 'pg';
import { answerFor, type LogSigner } from '@imprimatur/domain/log-signer';
import { installationOrigin, logZeroOrigin, tenantOrigin } from '@imprimatur/formats/ledger';
import { emptyRoot } from '@imprimatur/formats/merkle';
import { assert, type Clock, Fault, systemContext, type TenantId } from '@imprimatur/kernel';
import { announce, LOGS_AT_ONCE } from './announcement.js';
import { sha256 } from '../digest.js';
import { draftEntry } from '../writing/entry.draft.js';
import { type Ending, logSucceeded } from './log.events.js';
import { type EndedLog, LogRepository, type StoredLog } from './log.repository.js';
import { LOG_ZERO } from '../anchoring/log.zero.js';
import type { Sealing } from '../sealing/sealing.js';
import { absentLog, findState, type LogFinding, memoriesOf } from './succession.findings.js';
import { TileRepository } from '../reading/tile.repository.js';

export interface SuccessionOptions {
  /** As the role imprimatur_sequencer. */
  readonly url: string;
  readonly signer: LogSigner;
  readonly sealing: Sealing;
  /** The configured part of every origin. */
  readonly logName: string;
  readonly clock: Clock;
}

export interface SuccessionFindings {
  /** `<name>/<installation>` of the database. */
  readonly installation: string;
  readonly logs: readonly LogFinding[];
  /** Some log cannot go on under its origin. */
  readonly isNeeded: boolean;
  /** The database has checkpoints that the signer forgot: what was signed after them is unknown. */
  readonly isMemoryOlder: boolean;
}

export interface SuccessionWish {
  /** In the operator's words; a part of each event. */
  readonly reason: string;
  /** The signer's memory comes from a backup, or is gone: succeed also where it agrees. */
  readonly memoryLost: boolean;
}

export interface Succession extends SuccessionFindings {
  /** `<name>/<installation>` of every origin from now on. */
  readonly successor: string;
}

/**
 * The way back after an older backup: every log goes on under a new origin, from the tree as it was restored, and its next entry says what is
 * missing. The old origins are never signed again. Order: (1) in one transaction, behind the locks of sequencer and anchoring: compare with the
 * signer's memory, renew the installation's id, keep how each origin ended, give every log its new one, append `log.succeeded`; (2) pin the new
 * keys and retire the old origins. Killed before the commit, nothing happened; killed after it, the sequencer does (2) when it starts.
 */
export class LogSuccession {
  constructor(private readonly options: SuccessionOptions) {}

  /** Changes nothing. Throws Fault LOG_IN_USE while a worker writes the log, LOG_DAMAGED. */
  async examine(): Promise<SuccessionFindings> {
    return this.connected((work) => work.find(), false);
  }

  /** Null: every log grows out of what was signed last, and nothing changed. Throws as `examine`. */
  async succeed(wish: SuccessionWish): Promise<Succession | null> {
    const succession = await this.connected(async (work) => {
      const findings = await work.find();
      return findings.isNeeded || wish.memoryLost ? work.succeed(findings, wish) : null;
    }, true);
    if (!succession) return null;
    await this.retire(succession);
    return succession;
  }

  private async retire({ logs, successor }: Succession): Promise<void> {
    const { signer } = this.options;
    const origins = logs.flatMap(({ log, signed }) => (signed ? [log.origin, signed.origin] : [log.origin]));
    const installations = new Set(origins.map(installationOrigin).filter((installation) => installation !== null));
    try {
      await signer.pin(logs.map(({ log }) => originOf(successor, log.tenant)));
      for (const installation of installations) await signer.retire(installation, successor);
    } finally {
      signer.release();
    }
  }

  private async connected<T>(act: (work: SuccessionWork) => Promise<T>, keep: boolean): Promise<T> {
    const client = new Client({ connectionString: this.options.url, application_name: 'imprimatur-succession' });
    client.on('error', () => undefined); // the query under way reports it
    await client.connect();
    try {
      const repository = new LogRepository(client);
      await repository.begin();
      if (!(await repository.tryLockOut())) throw inUse();
      const answer = await act(new SuccessionWork(client, repository, this.options));
      await (keep ? repository.commit() : repository.rollback());
      return answer;
    } finally {
      await client.end(); // what is not committed is rolled back
    }
  }
}

/** What is done within the transaction. */
class SuccessionWork {
  constructor(
    private readonly client: Client,
    private readonly repository: LogRepository,
    private readonly options: SuccessionOptions,
  ) {}

  async find(): Promise<SuccessionFindings> {
    const { signer, logName } = this.options;
    const stored = await this.storedLogs();
    const installation = await this.installation(stored, logName);
    const remembered = await signer.remembered();
    const memories = await memoriesOf(signer, remembered, stored);
    const lasts = new Map(remembered.map((head) => [head.origin, head]));
    const tiles = new TileRepository(async (sql, values) => (await this.client.query(sql, [...values])).rows as never[]);
    const logs: LogFinding[] = [];
    for (const log of stored) {
      const [signed, own] = [memories.get(log.tenant) ?? null, lasts.get(log.origin) ?? null];
      logs.push(await findState(log, { signed, own, signer, tiles }));
    }
    const present = new Set(stored.map(({ tenant }) => tenant));
    for (const memory of memories.values()) if (!present.has(memory.tenant)) logs.push(await absentLog(memory, installation, signer));
    const isMemoryOlder = logs.some(({ memoryIsOlder }) => memoryIsOlder);
    const isRetired = (await signer.successorsOf(installation)).length > 0;
    return { installation, logs, isMemoryOlder, isNeeded: isMemoryOlder || isRetired || logs.some(({ state }) => state !== 'grows') };
  }

  async succeed(findings: SuccessionFindings, { reason, memoryLost }: SuccessionWish): Promise<Succession> {
    const { logName } = this.options;
    const successor = `${logName}/${await this.repository.renewInstallation()}`;
    const memory = memoryLost || findings.isMemoryOlder ? 'lost' : 'kept';
    const endings = findings.logs.map((finding) => ({ finding, ending: endingOf(finding, successor, memory) }));
    const logZero = endings.find(({ finding }) => finding.log.tenant === LOG_ZERO)?.ending ?? null;
    for (let at = 0; at < endings.length; at += LOGS_AT_ONCE) {
      const some = endings.slice(at, at + LOGS_AT_ONCE);
      await this.renew(some);
      const told = some.filter(({ finding }) => finding.log.tenant !== LOG_ZERO);
      const drafts = [];
      for (const { finding, ending } of told)
        drafts.push(await this.draft(finding.log.tenant, logSucceeded(finding.log.tenant, ending, logZero, memory, reason)));
      await announce(
        this.client,
        told.map(({ finding, ending }) => ({ ...finding.log, origin: ending.newOrigin })),
        drafts,
      );
    }
    return { ...findings, successor };
  }

  private async renew(endings: readonly { readonly finding: LogFinding; readonly ending: Ending }[]): Promise<void> {
    const ended = endings.map(({ finding: { log, signed, keptSize }, ending }): EndedLog => ({
      tenant: log.tenant,
      origin: log.origin,
      vkey: log.vkey,
      lastOrigin: signed?.origin ?? log.origin,
      successor: ending.newOrigin,
      signedSize: ending.oldSizeSigned,
      signedRoot: ending.oldRootSigned,
      restoredSize: log.size,
      restoredRoot: log.root,
      keptSize,
    }));
    const keys = await this.options.signer.vkeys(ended.map(({ successor }) => successor));
    const vkeys = ended.map(({ successor }) => answerFor(keys, successor).current);
    await this.repository.succeed(ended, vkeys, this.options.clock.now());
  }

  private draft(tenant: TenantId, event: ReturnType<typeof logSucceeded>): ReturnType<typeof draftEntry> {
    return draftEntry(systemContext(tenant, 'log-succession'), event, () => this.options.sealing.newTenantDataKey(tenant));
  }

  private async storedLogs(): Promise<readonly StoredLog[]> {
    const logs: StoredLog[] = [];
    for (let isLast = false; !isLast;) {
      const some = await this.repository.logs(logs.at(-1)?.tenant ?? null, LOGS_AT_ONCE);
      logs.push(...some);
      isLast = some.length < LOGS_AT_ONCE;
    }
    return logs;
  }

  private async installation([first]: readonly StoredLog[], logName: string): Promise<string> {
    const own = await this.repository.installation();
    assert(own, 'a migrated database is an installation');
    return (first && installationOrigin(first.origin)) ?? `${logName}/${own.id}`;
  }
}

function endingOf({ log, state, signed, keptSize }: LogFinding, successor: string, memory: 'kept' | 'lost'): Ending {
  const oldSizeSigned = signed?.size ?? 0;
  const isWhole = state === 'grows' || state === 'superseded';
  // a signature of another origin says nothing of what the two have in common
  const inCommon = signed?.origin === log.origin ? keptSize : 0;
  return {
    oldOrigin: signed?.origin ?? log.origin,
    newOrigin: originOf(successor, log.tenant),
    oldSizeSigned,
    oldRootSigned: signed?.root ?? emptyRoot(sha256),
    restoredSize: log.size,
    restoredRoot: log.root,
    restoredSizeSigned: keptSize,
    lostAtLeast: isWhole ? 0 : Math.max(1, oldSizeSigned - log.size),
    lostAtMost: memory === 'lost' ? null : isWhole ? 0 : oldSizeSigned - inCommon,
  };
}

/** `installation` is `<name>/<id>`. */
function originOf(installation: string, tenant: TenantId): string {
  const slash = installation.lastIndexOf('/');
  const [name, id] = [installation.slice(0, slash), installation.slice(slash + 1)];
  return tenant === LOG_ZERO ? logZeroOrigin(name, id) : tenantOrigin(name, id, tenant);
}

function inUse(): Fault {
  const message = 'a worker writes the log now: stop every worker first (and imprimatur serve), then try again';
  return new Fault({ room: 'ledger', code: 'LOG_IN_USE', message, safe: true });
}
