import { AssetService, type NewBlob } from '@imprimatur/domain/assets';
import { type DrawnLabel, type Export, ExportService } from '@imprimatur/domain/exports';
import { PictureBank } from '@imprimatur/domain/moderation';
import { TrialObserver } from '@imprimatur/flows/gates';
import { labelFor } from '@imprimatur/formats/policy';
import { exportBinding } from '@imprimatur/formats/manifest';
import { assert, type Context, type ExportId, Fault, toHex } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { type DerivativeRecipe, Pictures } from '@imprimatur/platform/images';
import { ALL_CHANGED, isRootSeen, RootReader, sinceRoot } from '@imprimatur/flows/gates';
import { ExportSigner } from '@imprimatur/domain/provenance';
import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ExportDossierReader, type ExportDossier } from './export.dossier.js';
import { manifestOf } from './export.manifest.js';
import { ExportGate, keptBy, unmetBy } from './export.gate.js';
import { ExportReceipts } from './export.receipts.js';

/**
 * A released version becomes a file that proves itself. Order of durable writes: (1) the unsigned file with `export.rendered`, which commits
 * to it; (2) the signed file with `export.signed`. Between them both entries must be under a signed checkpoint. A crash repeats what was not
 * written, from the stored unsigned file.
 */
@Injectable()
export class ExportFlow {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly exports: ExportService,
    private readonly assets: AssetService,
    private readonly dossiers: ExportDossierReader,
    private readonly gate: ExportGate,
    private readonly receipts: ExportReceipts,
    private readonly pictures: Pictures,
    private readonly signer: ExportSigner,
    private readonly bank: PictureBank,
    private readonly observer: TrialObserver,
    private readonly roots: RootReader,
  ) {}

  async carryOut(context: Context, id: ExportId, signal: AbortSignal): Promise<void> {
    const found = await this.unitOfWork.read(context, (read) => this.exports.find(read, id));
    assert(found.ok, 'the export of a job exists');
    if (found.value.state === 'done' || found.value.state === 'failed') return;
    const dossier = await this.unitOfWork.read(context, (read) => this.dossiers.read(read, found.value));
    // what cannot be compared is tried again, and fails in the end: nothing leaves unseen. An upload that could not be screened never can be; the
    // people who approved what was made of it knew, and the policy decides
    const change = !isRootSeen(dossier) ? ALL_CHANGED : await this.roots.compare(context, dossier.bytes, dossier, signal);
    const carried = { label: labelOf(found.value, dossier), sinceRoot: sinceRoot(change, dossier.identity.faces) };
    const answered = await this.unitOfWork.read(context, (read) => this.gate.ask(read, found.value, dossier, carried));
    const refused = keptBy(answered) ?? unmetBy(dossier);
    if (refused === null) await this.carryThrough(context, found.value, dossier, signal);
    else await this.unitOfWork.write(context, (write) => this.exports.recordFailed(write, id, refused));
    await this.observer.observe(context, { ...dossier, about: id, exceptions: [], ...answered });
  }

  private async carryThrough(context: Context, exported: Export, dossier: ExportDossier, signal: AbortSignal): Promise<void> {
    const rendered = exported.rendered ?? (await this.render(context, exported, dossier, signal));
    if (rendered === null) return;
    await this.sign(context, exported, dossier, rendered, signal);
  }

  private async render(context: Context, exported: Export, dossier: ExportDossier, signal: AbortSignal): Promise<Export['rendered']> {
    const label = labelOf(exported, dossier);
    const { recipe, rights } = recipeOf(exported, dossier, label);
    const unsigned = await this.pictures.renderDerivative(dossier.bytes, { ...recipe, rights }, signal);
    const pixels = await this.pictures.pixelDigest(unsigned.bytes, signal);
    const binding = exportBinding({
      version: exported.version,
      format: exported.format,
      recipe: { ...recipe, ...(label && { label }), width: unsigned.width, height: unsigned.height },
      unsignedSha256: toHex(hash('sha256', unsigned.bytes, 'buffer')),
      pixels,
    });
    return this.unitOfWork.write(context, async (write) => {
      if (!(await this.mayLeave(write, exported))) return null;
      const blob = await this.assets.storeBlob(write, unsigned.bytes, fileOf(exported, dossier));
      return { blob: blob.id, label, entry: await this.exports.recordRendered(write, exported.id, { blob: blob.id, label }, binding) };
    });
  }

  private async sign(
    context: Context,
    exported: Export,
    dossier: ExportDossier,
    rendered: NonNullable<Export['rendered']>,
    signal: AbortSignal,
  ): Promise<void> {
    const unsigned = await this.unitOfWork.read(context, (read) => this.assets.readBlob(read, rendered.blob));
    if (!unsigned.ok)
      throw new Fault({ room: 'exports', code: 'CONTENT_ERASED', message: 'the rendered file was erased before it was signed' });
    const released = await this.receipts.find(context, dossier.releasedEntry, ['picture']);
    const receipts = { released, rendered: await this.receipts.find(context, rendered.entry, ['binding']) };
    const signed = await this.signer.sign(
      manifestOf({ ...exported, rendered }, dossier, receipts),
      unsigned.value,
      dossier.ingredients,
      signal,
    );
    await this.unitOfWork.write(context, async (write) => {
      if (!(await this.mayLeave(write, exported))) return;
      const blob = await this.assets.storeBlob(write, signed.bytes, fileOf(exported, dossier));
      await this.exports.recordSigned(write, exported.id, {
        blob: blob.id,
        sha256: hash('sha256', signed.bytes, 'buffer'),
        manifestUrn: signed.manifestUrn,
        releaseIndex: BigInt(released.index),
      });
      await this.bank.join(write, dossier.version, 'exported');
    });
  }

  /** A withdrawal since the gate was asked has stopped the export already; whatever else took the release back stops it here. */
  private async mayLeave(write: WriteContext, exported: Export): Promise<boolean> {
    if (await this.assets.keepReleased(write, exported.version)) return true;
    await this.exports.recordFailed(write, exported.id, { code: 'EXPORT_NOT_RELEASED' });
    return false;
  }
}

/** What is, or will be, drawn into the picture: what was drawn once stays, whatever the policy says since. */
function labelOf({ rendered, labels }: Export, { demands }: ExportDossier): DrawnLabel | null {
  if (rendered) return rendered.label;
  return labels === 'none' ? null : labelFor(demands);
}

/** What is bound by the receipt, apart from the rights, which are written for people. */
function recipeOf(
  exported: Export,
  dossier: ExportDossier,
  label: DrawnLabel | null,
): {
  readonly recipe: Omit<DerivativeRecipe, 'rights' | 'label'> & { readonly label?: DrawnLabel };
  readonly rights: DerivativeRecipe['rights'];
} {
  const size = exported.maxSide === null ? {} : { maxWidth: exported.maxSide, maxHeight: exported.maxSide };
  return { recipe: { format: exported.format, ...size, colour: 'srgb', ...(label && { label }) }, rights: dossier.rights };
}

/** Whoever is known to be shown in it, or in what it was made from, takes the file along when erased. */
function fileOf({ format }: Export, { depicted, version }: ExportDossier): NewBlob {
  return { format, subjects: depicted, madeFrom: version.blob };
}
