import type { Entry } from './entry.js';
import { toOcsf } from './ocsf.js';
import { OCSF_TABLE } from './ocsf.table.js';

const ENTRY: Entry = {
  v: 1,
  id: '018f0000-0000-7000-8000-000000000001',
  type: 'attempt.began',
  at: '2026-01-31T12:00:00.123Z',
  tenant: '018f0000-0000-7000-8000-000000000002',
  actor: { kind: 'system', ref: 'system', role: 'system' },
  about: [
    { kind: 'asset', id: '018f0000-0000-7000-8000-000000000003', seq: 4, prev: 'abc' },
    { kind: 'turn', id: '018f0000-0000-7000-8000-000000000004' },
    { kind: 'attempt', id: '018f0000-0000-7000-8000-000000000005' },
  ],
  facts: { number: 1, provider: 'gemini', model: 'gemini-2.5-flash-image' },
  parts: { request: 'commitment' },
};
const ocsf = (change: Partial<Entry> = {}) =>
  toOcsf({ entry: { ...ENTRY, ...change }, text: '{"v":1}', index: 41, leafHash: 'ab'.repeat(32), origin: 'o/t/1' });

/** What OCSF 1.8 requires of the two classes, and the attributes that this mapping may use, with their JSON types. */
const BASE = {
  activity_id: 'number',
  activity_name: 'string',
  category_name: 'string',
  category_uid: 'number',
  class_name: 'string',
  class_uid: 'number',
  message: 'string',
  metadata: 'object',
  raw_data: 'string',
  severity: 'string',
  severity_id: 'number',
  status: 'string',
  status_id: 'number',
  time: 'number',
  type_name: 'string',
  type_uid: 'number',
  unmapped: 'object',
  actor: 'object',
};
const CLASSES = {
  6003: {
    name: 'API Activity',
    category: [6, 'Application Activity'],
    own: { api: 'object', src_endpoint: 'object', resources: 'object' },
  },
  3004: { name: 'Entity Management', category: [3, 'Identity & Access Management'], own: { entity: 'object' } },
} as const;
const AI = { ai_model: 'object', message_context: 'object' };

describe('an entry as an OCSF event', () => {
  const types = Object.entries(OCSF_TABLE).flatMap(([noun, { did }]) => Object.keys(did).map((verb) => `${noun}.${verb}`));

  it.each([...types, 'nothing.known', 'toString.call', 'turn.constructor'])('%s has the fields of its class and no other', (type) => {
    const event: Record<string, unknown> = ocsf({ type });
    const kind = CLASSES[event.class_uid as keyof typeof CLASSES];
    expect([event.class_name, event.category_uid, event.category_name]).toEqual([kind.name, ...kind.category]);
    const required: Record<string, string> = { ...BASE, ...kind.own };
    const allowed: Record<string, string> = { ...required, ...(event.class_uid === 6003 ? AI : {}) };
    expect(Object.entries(event).filter(([name, value]) => typeof value !== allowed[name])).toEqual([]);
    expect(Object.keys(required).filter((name) => !(name in event))).toEqual([]);
    expect([1, 2, 3, 4, 99]).toContain(event.activity_id);
    expect(event.type_uid).toBe(Number(event.class_uid) * 100 + Number(event.activity_id));
    expect(event.metadata).toMatchObject({
      version: '1.8.0',
      uid: ENTRY.id,
      sequence: 41,
      event_code: type,
      product: { vendor_name: 'Imprimatur' },
    });
    expect((event.metadata as { profiles: string[] }).profiles).toEqual('message_context' in event ? ['ai_operation'] : []);
    expect(event.time).toBe(Date.parse(ENTRY.at));
  });

  it('names the model of an attempt, and nobody else’s words', () => {
    expect(ocsf()).toMatchObject({
      class_uid: 6003,
      activity_name: 'Create',
      ai_model: { name: 'gemini-2.5-flash-image', ai_provider: 'gemini' },
      message_context: { ai_role_id: 2, uid: ENTRY.about[1]?.id, service: { name: 'gemini' }, application: { name: 'imprimatur' } },
      actor: { user: { uid: 'system', type_id: 3, type: 'System' } },
      api: { operation: 'attempt.began' },
      unmapped: { leaf_hash: 'ab'.repeat(32), index: 41, facts: ENTRY.facts, parts: ENTRY.parts },
      raw_data: '{"v":1}',
    });
  });

  it.each([
    [
      { promptTokens: 3, completionTokens: 4 },
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    ],
    [
      { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 9 },
      { prompt_tokens: 3, completion_tokens: 4, total_tokens: 9 },
    ],
    [{ pictures: 1 }, {}],
    [null, {}],
  ])('counts the tokens of %j', (usage, expected) => {
    const { message_context: context } = ocsf({ type: 'attempt.ended', facts: { usage } }) as { message_context: object };
    expect(Object.fromEntries(Object.entries(context).filter(([name]) => name.endsWith('_tokens')))).toEqual(expected);
  });

  it.each([
    [
      'turn.submitted',
      { kind: 'person', ref: 'r', role: 'creator legal' },
      { type_id: 1, groups: [{ name: 'creator' }, { name: 'legal' }] },
    ],
    ['log.access-used', { kind: 'service', ref: 'r', role: 'service' }, { type_id: 4, groups: [{ name: 'service' }] }],
  ] as const)('%s says who acted', (type, actor, user) => {
    expect(ocsf({ type, actor })).toMatchObject({ actor: { user: { uid: 'r', ...user } } });
  });

  it('calls what a gate or a provider refused a failure, and an unknown type Other', () => {
    expect(ocsf({ type: 'item.refused' })).toMatchObject({ status_id: 2, entity: { type: 'asset' } });
    expect(ocsf({ type: 'nothing.known', about: [] })).toMatchObject({
      class_uid: 3004,
      activity_id: 99,
      activity_name: 'nothing.known',
      entity: { type: 'tenant', uid: ENTRY.tenant },
    });
  });
});
