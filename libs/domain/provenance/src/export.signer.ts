import { hash } from 'node:crypto';
import {
  ASSERTIONS,
  type CheckName,
  checkReceipts,
  displayText,
  type ExportManifestInput,
  GOVERNANCE_LABEL,
  manifestDefinition,
  MANIFEST_FORMATS,
  mediaTypeOf,
  type ReadManifest,
  type VerificationReport,
} from '@imprimatur/formats/manifest';
import { assert, canonicalJson, type Clock, Fault, systemClock, toHex } from '@imprimatur/kernel';
import { Pictures } from '@imprimatur/platform/images';
import { Inject, Injectable } from '@nestjs/common';
import { signClaim } from './cose/cose-sign1.js';
import { MANIFEST_ENGINE, type ManifestEngine, type SignRequest } from './engine/manifest.engine.js';
import { ManifestVerifier, receiptTools } from './manifest.verifier.js';
import type { IngredientFile, SignedExport } from './provenance.types.js';
import { openSigningCredentials, type SigningCredentials, type SigningSettings } from './signing.credentials.js';
import { type Trust, TrustStore } from './trust.store.js';

const THUMBNAIL_PX = 256;
/** Certificates, time stamp and signature take about half of it; the rest is padding. */
const SIGNATURE_BYTES = 16_384;
/** An earlier manifest by a stranger's issuer is told, and keeps nothing back. */
const MAY_BE_UNKNOWN: readonly CheckName[] = ['ingredient-issuers'];

/** Injection token of `SigningSettings`. */
export const SIGNING_SETTINGS = Symbol('SigningSettings');

/** The enforcement point: signs nothing without both receipts, and lets nothing out that does not read back as it was meant. */
@Injectable()
export class ExportSigner {
  private readonly clock: Clock = systemClock;

  constructor(
    @Inject(MANIFEST_ENGINE) private readonly engine: ManifestEngine,
    private readonly verifier: ManifestVerifier,
    private readonly pictures: Pictures,
    private readonly trust: TrustStore,
    @Inject(SIGNING_SETTINGS) private readonly settings: SigningSettings,
  ) {}

  /** Makes or renews what signing needs. The process that signs calls it when it starts; no other one does, so that no other one holds a key. */
  async prepare(): Promise<void> {
    await this.open();
  }

  /**
   * Signs `file`, the unsigned export that the receipts speak of. In order: (1) the receipts prove this file, (2) the manifest is built, signed and
   * stamped, (3) the result is read back with the validator that the public uses. Throws Fault RECEIPTS_DO_NOT_PROVE, INGREDIENT_MISSING,
   * EXPORT_READS_BACK_WRONG, SIGNER_NOT_CONFIGURED, and what engine and pictures throw.
   */
  async sign(
    input: ExportManifestInput,
    file: Uint8Array,
    ingredients: readonly IngredientFile[],
    signal?: AbortSignal,
  ): Promise<SignedExport> {
    const { signer, authority } = await this.open();
    // after opening: the first opening publishes the root that our own earlier exports lead to
    const trust = this.trust.read();
    proveFile(input, file, trust);
    const bytes = await this.engine.sign(
      await this.request(input, file, ingredients, trust, signal),
      { algorithm: signer.algorithm, sizeBytes: SIGNATURE_BYTES, sign: (claim) => signClaim(claim, signer, authority, SIGNATURE_BYTES) },
      signal,
    );
    const report = await this.readBack(input, bytes, trust, signal);
    assert(report.manifest, 'a file that reads back has a manifest');
    return { bytes, format: input.format, sha256: hash('sha256', bytes, 'buffer'), manifestUrn: report.manifest.urn, report };
  }

  private async request(
    input: ExportManifestInput,
    file: Uint8Array,
    files: readonly IngredientFile[],
    { trustAnchorsPem }: Trust,
    signal: AbortSignal | undefined,
  ): Promise<SignRequest> {
    const { definition, ingredients } = manifestDefinition(input);
    const thumbnail = await this.pictures.renderThumbnail(file, THUMBNAIL_PX, signal);
    return {
      bytes: file,
      mediaType: mediaTypeOf(input.format),
      definition,
      ingredients: ingredients.map((named) => {
        const found = files.find(({ id }) => id === named.id);
        const format = MANIFEST_FORMATS.find((known) => known === found?.format);
        if (!found || !format) throw fault('INGREDIENT_MISSING', `ingredient ${named.id} has no file in a known format`);
        return { definition: named.definition, bytes: found.bytes, mediaType: mediaTypeOf(format) };
      }),
      thumbnail: thumbnail.bytes,
      trust: { trustAnchorsPem },
    };
  }

  private async readBack(
    input: ExportManifestInput,
    bytes: Uint8Array,
    trust: Trust,
    signal: AbortSignal | undefined,
  ): Promise<VerificationReport> {
    const { report, manifest } = await this.verifier.examine(bytes, trust, signal);
    const wrong = report.checks.find(({ name, outcome }) => outcome === 'bad' || (outcome === 'unknown' && !MAY_BE_UNKNOWN.includes(name)));
    if (wrong) {
      throw fault('EXPORT_READS_BACK_WRONG', `check '${wrong.name}' of the signed file: ${wrong.words} [${wrong.codes.join(' ')}]`);
    }
    if (!manifest || !report.checks.some(({ name }) => name === 'picture') || !saysWhatWasMeant(manifest, input)) {
      throw fault('EXPORT_READS_BACK_WRONG', 'the signed file does not say what it was to say');
    }
    return report;
  }

  private async open(): Promise<SigningCredentials> {
    return openSigningCredentials(this.settings, this.clock);
  }
}

/** No signature without proof that this version was released, and that this very file was made of it. */
function proveFile({ governance, format }: ExportManifestInput, file: Uint8Array, trust: Trust): void {
  const { check, binding } = checkReceipts(governance.receipts, receiptTools(trust));
  if (check.outcome !== 'good' || !binding) throw fault('RECEIPTS_DO_NOT_PROVE', check.words);
  if (
    binding.version !== governance.version ||
    binding.format !== format ||
    binding.unsignedSha256 !== toHex(hash('sha256', file, 'buffer'))
  ) {
    throw fault('RECEIPTS_DO_NOT_PROVE', 'the receipts speak of another version, format or file');
  }
}

/** Every action and the whole governance statement, and no other. */
function saysWhatWasMeant({ title, governance: said, actionCount }: ReadManifest, input: ExportManifestInput): boolean {
  const [meant] = ASSERTIONS.find(({ label }) => label === GOVERNANCE_LABEL)?.build(input) ?? [];
  const actions = 1 + input.turns.reduce((count, turn) => count + turn.actions.length, 0) + input.derivation.length;
  return (
    meant !== undefined && canonicalJson(said) === canonicalJson(meant) && actionCount === actions && title === displayText(input.title)
  );
}

function fault(code: string, message: string): Fault {
  return new Fault({ room: 'provenance', code, message });
}
