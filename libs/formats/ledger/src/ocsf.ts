import type { Json, JsonObject } from '@imprimatur/kernel';
import type { Entry, EntryAbout } from './entry.js';
import { ACTIVITY_NAMES, type OcsfActivity, type OcsfRow, OCSF_UNKNOWN, ocsfRowOf } from './ocsf.table.js';

/** The first version of OCSF that has the profile `ai_operation`; nothing else that is used here is newer than 1.6. */
export const OCSF_VERSION = '1.8.0';

/** An entry as it stands in the log. */
export interface LoggedEntry {
  readonly entry: Entry;
  /** The exact text that was hashed. */
  readonly text: string;
  readonly index: number;
  /** Hex RFC 6962 leaf hash. */
  readonly leafHash: string;
  /** Origin of the log. */
  readonly origin: string;
}

const API = { class_uid: 6003, class_name: 'API Activity', category_uid: 6, category_name: 'Application Activity' };
const ENTITY = { class_uid: 3004, class_name: 'Entity Management', category_uid: 3, category_name: 'Identity & Access Management' };
const SEVERITY = { severity_id: 1, severity: 'Informational' };
const USER_TYPES = { person: [1, 'User'], service: [4, 'Service'], system: [3, 'System'] } as const;
const FAILED = /\.(failed|refused)$/;
const PRODUCT: JsonObject = { name: 'Imprimatur', vendor_name: 'Imprimatur' };
const SERVICE = 'imprimatur';

/**
 * The entry as an OCSF event: API Activity (6003) or Entity Management (3004), by the table of event types; under the profile `ai_operation`
 * where a model was asked to do something. Commitments stay commitments; the exact entry is its `raw_data`. A type that is not in the table
 * is Entity Management with activity Other: told, not guessed.
 */
export function toOcsf(logged: LoggedEntry): JsonObject {
  const { entry } = logged;
  const known = ocsfRowOf(entry.type);
  const row = known?.row ?? OCSF_UNKNOWN;
  const activity = known?.activity ?? 99;
  const isFailure = FAILED.test(entry.type);
  return {
    ...eventOf(row, activity, entry.type),
    ...SEVERITY,
    time: Date.parse(entry.at),
    message: entry.type,
    status_id: isFailure ? 2 : 1,
    status: isFailure ? 'Failure' : 'Success',
    metadata: metadataOf(logged, row),
    actor: actorOf(entry),
    ...(row.as === 'api' ? apiOf(entry) : { entity: entityOf(entry, row) }),
    ...(row.ai ? aiOf(entry, row.ai) : {}),
    raw_data: logged.text,
    unmapped: {
      index: logged.index,
      leaf_hash: logged.leafHash,
      about: entry.about.map(aboutJson),
      facts: entry.facts,
      parts: entry.parts,
    },
  };
}

function eventOf({ as }: OcsfRow, activity: OcsfActivity, type: string): JsonObject {
  const kind = as === 'api' ? API : ENTITY;
  // where it is Other, the name is the source's own
  const name = activity === 99 ? type : ACTIVITY_NAMES[activity];
  const type_uid = kind.class_uid * 100 + activity;
  return { ...kind, activity_id: activity, activity_name: name, type_uid, type_name: `${kind.class_name}: ${ACTIVITY_NAMES[activity]}` };
}

function metadataOf({ entry, index, origin }: LoggedEntry, { ai }: OcsfRow): JsonObject {
  const correlation = idOf(entry, 'turn') ?? idOf(entry, 'session') ?? idOf(entry, 'asset');
  return {
    version: OCSF_VERSION,
    product: PRODUCT,
    uid: entry.id,
    sequence: index,
    event_code: entry.type,
    log_name: origin,
    log_provider: SERVICE,
    original_time: entry.at,
    tenant_uid: entry.tenant,
    profiles: ai ? ['ai_operation'] : [],
    ...(correlation === undefined ? {} : { correlation_uid: correlation }),
  };
}

function actorOf({ actor }: Entry): JsonObject {
  const [type_id, type] = USER_TYPES[actor.kind];
  const groups = actor.role.split(' ').map((name) => ({ name, type: 'role' }));
  return { user: { uid: actor.ref, type_id, type, groups } };
}

function apiOf({ type, about }: Entry): JsonObject {
  return {
    api: { operation: type, service: { name: SERVICE } },
    // where the request came from is not in the ledger
    src_endpoint: { svc_name: SERVICE },
    resources: about.map(({ kind, id }) => ({ uid: id, type: kind })),
  };
}

function entityOf(entry: Entry, row: OcsfRow): JsonObject {
  const about =
    row.entity.map((kind) => entry.about.find((each) => each.kind === kind)).find((each) => each !== undefined) ?? entry.about[0];
  return about ? { uid: about.id, type: about.kind, data: entry.facts } : { uid: entry.tenant, type: 'tenant', data: entry.facts };
}

/** The model, as far as the entry names one, and the conversation that it belongs to. */
function aiOf(entry: Entry, role: NonNullable<OcsfRow['ai']>): JsonObject {
  const { provider, model, providers, usage } = entry.facts;
  const [first] = Array.isArray(providers) ? (providers as readonly Json[]) : [];
  const service = textOf(provider) ?? textOf(first);
  const name = textOf(model) ?? service;
  const uid = idOf(entry, 'session') ?? idOf(entry, 'turn');
  return {
    ...(service === null || name === null ? {} : { ai_model: { name, ai_provider: service } }),
    message_context: {
      ...(uid === undefined ? {} : { uid }),
      ...(role === 'user' ? { ai_role_id: 1, ai_role: 'User' } : { ai_role_id: 2, ai_role: 'Assistant' }),
      application: { name: SERVICE },
      ...(service === null ? {} : { service: { name: service } }),
      ...tokensOf(usage),
    },
  };
}

/** Providers that count tokens name them in their own words. */
function tokensOf(usage: Json | undefined): JsonObject {
  if (typeof usage !== 'object' || usage === null || Array.isArray(usage)) return {};
  const used = usage as JsonObject;
  const count = (...names: readonly string[]): number | undefined =>
    names.map((name) => used[name]).find((value): value is number => typeof value === 'number');
  const prompt = count('promptTokens', 'inputTokens', 'promptTokenCount');
  const completion = count('completionTokens', 'outputTokens', 'candidatesTokenCount');
  const total =
    count('totalTokens', 'totalTokenCount') ?? (prompt !== undefined && completion !== undefined ? prompt + completion : undefined);
  return {
    ...(prompt === undefined ? {} : { prompt_tokens: prompt }),
    ...(completion === undefined ? {} : { completion_tokens: completion }),
    ...(total === undefined ? {} : { total_tokens: total }),
  };
}

function idOf({ about }: Entry, kind: string): string | undefined {
  return about.find((each) => each.kind === kind)?.id;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function aboutJson({ kind, id, seq, prev }: EntryAbout): JsonObject {
  return { kind, id, ...(seq === undefined ? {} : { seq }), ...(prev === undefined ? {} : { prev }) };
}
