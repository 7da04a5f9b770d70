import { Webhook } from 'standardwebhooks';
import type { Entry } from '@imprimatur/formats/ledger';
import { newId } from '@imprimatur/kernel';
import { newSecret } from './webhook.doors';
import { slackMessage, standardMessage } from './webhook.message';
import type { Delivery } from './webhook.types';

const now = new Date();
const [item, turn] = [newId('item'), newId('turn')];
const delivery: Delivery = {
  ...{ id: newId('delivery'), webhook: newId('webhook'), entry: newId('entry'), type: 'item.held', sequence: '42', at: now },
  ...{ state: 'pending', attempts: 0, nextAt: now },
};
const entry = {
  at: '2026-03-01T12:00:00.000Z',
  about: [
    { kind: 'item', id: item },
    { kind: 'turn', id: turn },
  ],
  facts: { rules: ['usage.sexual.hold'] },
} as unknown as Entry;

describe('a message of Standard Webhooks', () => {
  const [newer, older, other] = [newSecret(), newSecret(), newSecret()];
  const { headers, body } = standardMessage(
    delivery,
    entry,
    [
      { secret: newer, until: null },
      { secret: older, until: now.toISOString() },
    ],
    now,
  );

  it('is taken by its official library, with each secret that signs and no other', () => {
    const expected = {
      type: 'item.held',
      timestamp: entry.at,
      data: { entry: `entry_${delivery.entry}`, sequence: 42, ids: [`item_${item}`, `turn_${turn}`] },
    };
    for (const secret of [newer, older]) expect(new Webhook(secret).verify(body, { ...headers })).toEqual(expected);
    expect(() => new Webhook(other).verify(body, { ...headers })).toThrow();
    expect(() => new Webhook(newer).verify(body.replace('42', '43'), { ...headers })).toThrow();
    expect(() => new Webhook(newer).verify(body, { ...headers, 'webhook-id': 'delivery_other' })).toThrow();
  });

  it('signs as the library does', () => {
    expect(headers['webhook-signature']?.split(' ')[0]).toBe(new Webhook(newer).sign(headers['webhook-id'] ?? '', now, body));
  });

  it('is the same at another attempt, but for time and signature', () => {
    const again = standardMessage(delivery, entry, [{ secret: newer, until: null }], new Date(now.getTime() + 60_000));
    expect([again.body, again.headers['webhook-id']]).toEqual([body, headers['webhook-id']]);
    expect(again.headers['webhook-signature']).not.toBe(headers['webhook-signature']);
  });
});

describe('a message for Slack', () => {
  it('has a text and blocks, ids, and no signature', () => {
    const many = { ...entry, about: Array.from({ length: 30 }, () => ({ kind: 'asset', id: newId('asset') })) };
    const { headers, body } = slackMessage(delivery, many);
    const { text, blocks } = JSON.parse(body) as { text: string; blocks: { type: string; elements?: unknown[] }[] };
    expect(text).toContain('item.held');
    expect(blocks.map(({ type }) => type)).toEqual(['section', 'context']);
    expect(blocks[1]?.elements).toHaveLength(10);
    expect(Object.keys(headers)).toEqual(['content-type']);
  });
});
