import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import {
  assert,
  type AssetId,
  type BlobId,
  type EntryId,
  type ExportId,
  type JsonObject,
  newId,
  notFound,
  ok,
  refuse,
  type Result,
  systemClock,
  type VersionId,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { exportDownloaded, exportFailed, exportFlagged, exportRendered, exportRequested, exportSigned } from './export.events.js';
import { type ExportRefusal, exportSizeInvalid, versionNotReleased } from './export.refusals.js';
import { ExportPaceRepository } from './export.pace.repository.js';
import { ExportRepository } from './export.repository.js';
import {
  type DrawnLabel,
  type Export,
  EXPORT_STANDINGS,
  type ExportFailure,
  type ExportFormat,
  type ExportLabels,
  type ExportPace,
  type ExportStanding,
} from './export.types.js';

const SIDE_MIN = 16;
const SIDE_MAX = 16_384;

export interface ExportRequest {
  /** As the assets room knows it; the caller loads it, since nouns meet only in flows. */
  readonly version: { readonly id: VersionId; readonly asset: AssetId; readonly releasedAt: Date | null };
  readonly format: ExportFormat;
  readonly maxSide: number | null;
  /** Left out: auto. */
  readonly labels?: ExportLabels | undefined;
  /** Codes of conditions; none when left out. Whether that is enough, the flows ask. */
  readonly declares?: readonly string[];
}

/** What an export must remember between its steps. The steps themselves, which join many nouns, are `flows/exports`. */
@Injectable()
export class ExportService {
  constructor(
    private readonly exports: ExportRepository,
    private readonly paces: ExportPaceRepository,
    private readonly ledger: Ledger,
    private readonly jobs: Jobs,
  ) {}

  /** Records the wish and enqueues the work. */
  async request(write: WriteContext, request: ExportRequest): Promise<Result<Export, ExportRefusal>> {
    const denied = allow(write.context, 'export', 'Export');
    if (denied) return refuse(denied);
    if (request.version.releasedAt === null) return refuse(versionNotReleased());
    if (request.maxSide !== null && (request.maxSide < SIDE_MIN || request.maxSide > SIDE_MAX))
      return refuse(exportSizeInvalid(request.maxSide));
    const exported: Export = {
      id: newId('export'),
      version: request.version.id,
      asset: request.version.asset,
      state: 'requested',
      format: request.format,
      maxSide: request.maxSide,
      labels: request.labels ?? 'auto',
      requestedBy: write.context.actor.subject,
      declares: [...new Set(request.declares ?? [])],
      createdAt: systemClock.now(),
      rendered: null,
      signed: null,
      failure: null,
      kept: null,
      retryAt: null,
      standing: 'valid',
      standingSince: null,
      standingCode: null,
    };
    await this.exports.insert(write, exported);
    await this.ledger.append(write, exportRequested(exported));
    await this.jobs.enqueue(write, { kind: 'export', key: exported.id, payload: { export: exported.id } });
    return ok(exported);
  }

  async find(read: ReadContext, id: ExportId): Promise<Result<Export, ExportRefusal>> {
    const exported = allow(read.context, 'read', 'Export') ? null : await this.exports.find(read, id);
    return exported ? ok(exported) : refuse(notFound('export'));
  }

  /** Exports of each of `versions`, oldest first; empty for an actor who may not read exports. */
  async ofVersions(read: ReadContext, versions: readonly VersionId[]): Promise<readonly Export[]> {
    return allow(read.context, 'read', 'Export') ? [] : this.exports.ofVersions(read, versions);
  }

  /** Exports whose signed file is this blob, or whose manifest has this name; empty for an actor who may not read exports. */
  async ofFile(read: ReadContext, blob: BlobId, manifestUrn: string | null): Promise<readonly Export[]> {
    return allow(read.context, 'read', 'Export') ? [] : this.exports.ofFile(read, blob, manifestUrn);
  }

  /** Those of `ids` that exist, for flows that authorised. */
  async ofIds(read: ReadContext, ids: readonly ExportId[]): Promise<readonly Export[]> {
    return this.exports.findMany(read, ids);
  }

  /** requested > rendered. Answers the entry `export.rendered`, which commits to `binding`; again: the first one. */
  async recordRendered(
    write: WriteContext,
    id: ExportId,
    unsigned: { readonly blob: BlobId; readonly label: DrawnLabel | null },
    binding: JsonObject,
  ): Promise<EntryId> {
    const exported = await this.locked(write, id);
    if (exported.rendered) return exported.rendered.entry;
    const entry = await this.ledger.append(write, exportRendered(exported, binding));
    await this.exports.update(write, id, {
      state: 'rendered',
      unsignedBlob: unsigned.blob,
      label: unsigned.label,
      renderedEntry: entry.id,
    });
    return entry.id;
  }

  /** rendered > done. Again: nothing. */
  async recordSigned(
    write: WriteContext,
    id: ExportId,
    signed: { readonly blob: BlobId; readonly sha256: Uint8Array; readonly manifestUrn: string; readonly releaseIndex: bigint },
  ): Promise<void> {
    const exported = await this.locked(write, id);
    if (exported.state === 'done') return;
    assert(exported.state === 'rendered', 'only a rendered export is signed');
    await this.ledger.append(write, exportSigned(exported, signed.manifestUrn, signed.sha256));
    await this.exports.update(write, id, {
      state: 'done',
      signedBlob: signed.blob,
      manifestUrn: signed.manifestUrn,
      releaseIndex: String(signed.releaseIndex),
      endedAt: systemClock.now(),
    });
  }

  /** Written before the file is handed out. The caller authorised. */
  async recordDownload(write: WriteContext, exported: Export): Promise<void> {
    await this.ledger.append(write, exportDownloaded(exported));
  }

  /** Ends an export that will not be done; one that is done or failed already stays as it is. */
  async recordFailed(write: WriteContext, id: ExportId, { code, kept, retryAt = null }: ExportFailure): Promise<void> {
    const exported = await this.locked(write, id);
    if (exported.state === 'done' || exported.state === 'failed') return;
    await this.ledger.append(write, exportFailed(exported, code, retryAt));
    await this.exports.update(write, id, {
      state: 'failed',
      failure: code,
      failureReason: kept?.reason ?? null,
      failureRemedy: kept?.remedy ?? null,
      retryAt,
      endedAt: systemClock.now(),
    });
  }

  /** How much was exported before this one. The caller authorised. */
  async pace(read: ReadContext, exported: Export): Promise<ExportPace> {
    return this.paces.count(read, exported);
  }

  /** Holds every export of `versions`: called before anything is written to the ledger, as the export's own steps hold it first too. */
  async lockOfVersions(write: WriteContext, versions: readonly VersionId[]): Promise<readonly ExportId[]> {
    return this.exports.lockOfVersions(write, versions);
  }

  /** What is done gets the worse standing, what is under way fails with `code`; `ended`: what this call changed. The caller holds them. Again: nothing. */
  async endForRights(
    write: WriteContext,
    ids: readonly ExportId[],
    standing: Exclude<ExportStanding, 'valid'>,
    code: string,
  ): Promise<{ readonly exportsFlagged: number; readonly exportsStopped: number; readonly ended: readonly Export[] }> {
    let [exportsFlagged, exportsStopped] = [0, 0];
    const ended: Export[] = [];
    for (const id of ids) {
      const exported = await this.locked(write, id);
      if (exported.state === 'failed') continue;
      if (exported.state !== 'done') {
        await this.recordFailed(write, id, { code });
        exportsStopped += 1;
        ended.push(exported);
      } else if (isWorse({ standing, code }, exported)) {
        const entry = await this.ledger.append(write, exportFlagged(exported, standing, code));
        await this.exports.update(write, id, {
          standing,
          standingSince: systemClock.now(),
          standingCode: code,
          standingEntry: entry.id,
        });
        exportsFlagged += 1;
        ended.push(exported);
      }
    }
    return { exportsFlagged, exportsStopped, ended };
  }

  /** Those of `ids` that do not stand because of `code` are valid again. The caller holds them. */
  async restoreStanding(write: WriteContext, ids: readonly ExportId[], code: string): Promise<number> {
    let restored = 0;
    for (const id of ids) {
      const exported = await this.locked(write, id);
      if (exported.standing === 'valid' || exported.standingCode !== code) continue;
      await this.ledger.append(write, exportFlagged(exported, 'valid', code));
      await this.exports.update(write, id, { standing: 'valid', standingSince: null, standingCode: null, standingEntry: null });
      restored += 1;
    }
    return restored;
  }

  private async locked(write: WriteContext, id: ExportId): Promise<Export> {
    const exported = await this.exports.lock(write, id);
    assert(exported, 'the export of a job exists');
    return exported;
  }
}

/** Grounds that may be taken back: another one that cannot takes their place, so that what is taken back leaves it. */
const DISMISSABLE: readonly string[] = ['RECALLED', 'QUARANTINED'];

function isWorse(ground: { readonly standing: ExportStanding; readonly code: string }, { standing, standingCode }: Export): boolean {
  const [next, now] = [EXPORT_STANDINGS.indexOf(ground.standing), EXPORT_STANDINGS.indexOf(standing)];
  if (next !== now) return next > now;
  return standingCode !== null && DISMISSABLE.includes(standingCode) && !DISMISSABLE.includes(ground.code);
}
