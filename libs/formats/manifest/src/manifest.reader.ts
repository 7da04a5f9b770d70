import { fromBase64, toHex } from '@imprimatur/kernel';
import {
  type CrJson,
  type CrManifest,
  crJsonFormat,
  dataHashFormat,
  ingredientFormat,
  type Results,
  type Status,
} from './crjson.format.js';
import { displayText } from './display.js';
import { GOVERNANCE_LABEL, type Governance, governanceFormat } from './governance.format.js';
import { isCreatedByAi } from './generated.js';
import { forbidsMachines } from './mining.js';

/** Who a certificate names: common name and organisation, as shown. */
export interface CertificateNames {
  readonly commonName: string;
  readonly organisation: string;
}

/** Bytes of the file that a data hash leaves out. */
export interface Exclusion {
  readonly start: number;
  readonly length: number;
}

export interface ReadIngredient {
  readonly title: string;
  readonly relationship: string;
  /** Whether it came with content credentials of its own. */
  readonly hasManifest: boolean;
}

/** A manifest store in our own words. Every text comes from the file and is safe to show, not to believe. */
export interface ReadManifest {
  /** `urn:c2pa:...` */
  readonly urn: string;
  readonly isUpdate: boolean;
  readonly title: string;
  /** `Imprimatur 0.1.0`. */
  readonly generator: string;
  readonly signer: { readonly subject: CertificateNames; readonly issuer: CertificateNames } | null;
  readonly timestamp: { readonly at: string; readonly subject: CertificateNames; readonly issuer: CertificateNames } | null;
  readonly ingredients: readonly ReadIngredient[];
  /** How many actions it tells. */
  readonly actionCount: number;
  /** `absent`: none. `unreadable`: one of another version, or of another shape. */
  readonly governance: Governance | 'absent' | 'unreadable';
  /** Lower-case hex of a data hash under SHA-256 that leaves out one place only (the manifest itself); null for every other kind of binding. */
  readonly dataSha256: string | null;
  /** Places that the data hash leaves out; empty for another kind of binding. */
  readonly exclusions: readonly Exclusion[];
  /** Whether it, or a manifest of what this was made from, forbids machines to use the picture. */
  readonly forbidsMachines: boolean;
  /** Whether it, or a manifest of what this was made from, tells that a model created the picture. */
  readonly createdByAi: boolean;
  /** What the validator said of this manifest alone. */
  readonly results: Results;
  /** What it, and the makers of earlier manifests, said of everything this one was made from. */
  readonly chain: Results;
  /** Ingredient assertions, of any manifest in the store, in a form that cannot be read here. */
  readonly unreadableIngredients: number;
  /** URNs of manifests in the store beside the active one. */
  readonly chainUrns: readonly string[];
}

/** Null for what is no crJSON with an active manifest. */
export function readManifest(crJson: unknown, activeUrn: string | null): ReadManifest | null {
  const parsed = crJsonFormat.safeParse(crJson);
  if (!parsed.success) return null;
  const active = parsed.data.manifests.find(({ label }) => label === activeUrn);
  const claim = active?.['claim.v2'] ?? active?.claim;
  if (!active || !claim) return null;
  return {
    urn: displayText(active.label),
    isUpdate: active.isUpdateManifest,
    title: displayText(claim['dc:title'] ?? ''),
    generator: generatorOf(claim.claim_generator_info, claim.claim_generator),
    signer: signerOf(active),
    timestamp: timestampOf(active),
    ingredients: ingredientsOf(active).readable.map((found) => ({
      title: displayText(found['dc:title'] ?? ''),
      relationship: displayText(found.relationship),
      hasManifest: hasManifest(found),
    })),
    actionCount: Object.entries(active.assertions).reduce(
      (count, [label, data]) => count + (label.startsWith('c2pa.actions') ? listed(data) : 0),
      0,
    ),
    governance: governanceOf(active.assertions[GOVERNANCE_LABEL]),
    ...dataHashOf(active.assertions['c2pa.hash.data'], claim.alg),
    forbidsMachines: forbidsMachines(parsed.data.manifests),
    createdByAi: isCreatedByAi(parsed.data.manifests),
    results: active.validationResults ?? NOTHING,
    chain: chainOf(parsed.data, active),
    unreadableIngredients: parsed.data.manifests.reduce((count, each) => count + ingredientsOf(each).unreadable, 0),
    chainUrns: parsed.data.manifests.flatMap(({ label }) => (label === active.label ? [] : [displayText(label)])),
  };
}

const NOTHING: Results = { success: [], informational: [], failure: [] };

type Ingredient = ReturnType<typeof ingredientFormat.parse>;

function ingredientsOf(manifest: CrManifest): { readonly readable: readonly Ingredient[]; readonly unreadable: number } {
  const all = Object.entries(manifest.assertions).flatMap(([label, data]) =>
    /^c2pa\.ingredient(\.v\d+)?(__\d+)?$/.test(label) ? [ingredientFormat.safeParse(data)] : [],
  );
  const readable = all.flatMap((parsed) => (parsed.success ? [parsed.data] : []));
  return { readable, unreadable: all.length - readable.length };
}

function hasManifest({ activeManifest, c2pa_manifest: older }: Ingredient): boolean {
  return activeManifest !== undefined || older !== undefined;
}

/**
 * Everything said about ingredients, wherever it stands: an engine reports a tampered parent in the deltas of whichever manifest holds it, and
 * leaves out what the ingredient assertion had recorded when it was added. So all of it is read, of every manifest in the store.
 */
function chainOf({ manifests }: CrJson, active: CrManifest): Results {
  const parts = manifests.flatMap((manifest) => [
    ...(manifest === active ? [] : [manifest.validationResults ?? NOTHING]),
    ...manifest.ingredientDeltas.map(({ validationDeltas }) => validationDeltas),
    ...ingredientsOf(manifest).readable.flatMap(({ validationStatus, validationResults }) => [
      // version 1 kept failures only; a code of success in that list is one that a later reader would not call a failure
      { ...NOTHING, failure: validationStatus.filter(({ code }) => !SUCCESS_CODE.test(code)) },
      validationResults?.activeManifest ?? NOTHING,
      ...(validationResults?.ingredientDeltas ?? []).map(({ validationDeltas }) => validationDeltas),
    ]),
  ]);
  const all = (kind: keyof Results): Status[] => parts.flatMap((part) => part[kind]);
  return { success: all('success'), informational: all('informational'), failure: all('failure') };
}

const SUCCESS_CODE = /\.(validated|trusted|match|insideValidity|notRevoked|unknownProvenance)$/;

function signerOf({ signature }: CrManifest): ReadManifest['signer'] {
  const certificate = signature?.certificateInfo;
  return certificate ? { subject: namesOf(certificate.subject), issuer: namesOf(certificate.issuer) } : null;
}

function timestampOf({ signature }: CrManifest): ReadManifest['timestamp'] {
  const { timestamp, certificateInfo: certificate } = signature?.timeStampInfo ?? {};
  if (timestamp === undefined) return null;
  return { at: displayText(timestamp), subject: namesOf(certificate?.subject ?? {}), issuer: namesOf(certificate?.issuer ?? {}) };
}

function namesOf(name: Readonly<Record<string, unknown>>): CertificateNames {
  const text = (value: unknown): string => (typeof value === 'string' ? displayText(value) : '');
  return { commonName: text(name.CN), organisation: text(name.O) };
}

function generatorOf(info: unknown, older: string | undefined): string {
  const first: unknown = Array.isArray(info) ? info[0] : info;
  const { name, version } = (typeof first === 'object' && first !== null ? first : {}) as { name?: unknown; version?: unknown };
  if (typeof name !== 'string') return displayText(older ?? 'an unnamed program');
  return displayText(typeof version === 'string' ? `${name} ${version}` : name);
}

function governanceOf(data: unknown): ReadManifest['governance'] {
  if (data === undefined) return 'absent';
  const parsed = governanceFormat.safeParse(data);
  return parsed.success ? parsed.data : 'unreadable';
}

function dataHashOf(data: unknown, claimAlgorithm: string | undefined): Pick<ReadManifest, 'dataSha256' | 'exclusions'> {
  const parsed = dataHashFormat.safeParse(data);
  if (!parsed.success) return { dataSha256: null, exclusions: [] };
  const { alg = claimAlgorithm, hash, exclusions } = parsed.data;
  return { dataSha256: alg === 'sha256' && exclusions.length === 1 ? hexOf(hash) : null, exclusions };
}

function hexOf(crJsonBytes: string): string | null {
  try {
    return toHex(fromBase64(crJsonBytes.slice("b64'".length, -1)));
  } catch {
    return null; // padding that is none
  }
}

function listed(data: unknown): number {
  const { actions } = (typeof data === 'object' && data !== null ? data : {}) as { actions?: unknown };
  return Array.isArray(actions) ? actions.length : 0;
}
