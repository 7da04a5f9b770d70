import { newId } from '@imprimatur/kernel';
import { closeRefusal, reasonRefusal, recallRefusal, reminderAt } from './recall.rules';
import type { Recall } from './recall.types';

const [ONE, OTHER] = [newId('subject'), newId('subject')];
const NOW = new Date('2026-03-01T12:00:00Z');
const RECALL: Recall = {
  id: newId('recall'),
  kind: 'rule',
  value: 'usage.x',
  state: 'open',
  entry: newId('entry'),
  openedBy: ONE,
  openedAt: NOW,
  versionsBlocked: 1,
  exportsFlagged: 1,
  cursor: null,
  closed: null,
};

describe('opening a recall', () => {
  it.each([
    [null, 'model', 'image-2.1'],
    ['RECALL_INVALID', 'model', ' image'],
    ['RECALL_INVALID', 'model', ''],
    [null, 'mask', newId('mask')],
    ['RECALL_INVALID', 'mask', 'mask_1'],
    [null, 'rule', 'usage.watermark-removal.hold'],
    ['RECALL_INVALID', 'rule', 'usage x'],
    [null, 'hash', 'ab'.repeat(32)],
    ['RECALL_INVALID', 'hash', 'AB'.repeat(32)],
    ['RECALL_INVALID', 'hash', 'ab'.repeat(31)],
  ] as const)('answers %s for a %s like %j', (code, kind, value) => expect(recallRefusal({ kind, value }, 'why')?.code ?? null).toBe(code));

  it('wants a reason', () => {
    expect(recallRefusal({ kind: 'rule', value: 'usage.x' }, ' ')).toMatchObject({ code: 'RECALL_INVALID' });
    expect(reasonRefusal('x'.repeat(2001))).toMatchObject({ code: 'RECALL_INVALID' });
  });
});

describe('closing a recall', () => {
  const confirmed = { outcome: 'confirmed', unanswered: false } as const;
  const dismissed = { outcome: 'dismissed', unanswered: false } as const;
  it.each([
    [null, {}, ONE, confirmed, 0],
    ['RECALL_UNANSWERED', {}, ONE, confirmed, 2],
    [null, {}, ONE, { ...confirmed, unanswered: true }, 2],
    ['RECALL_NEEDS_ANOTHER', {}, ONE, dismissed, 0],
    [null, {}, OTHER, dismissed, 2],
    ['RECALL_NOT_OPEN', { state: 'running' as const }, OTHER, confirmed, 0],
    ['RECALL_NOT_OPEN', { state: 'closed' as const }, OTHER, dismissed, 0],
  ] as const)('answers %s with %j', (code, more, by, wish, unanswered) =>
    expect(closeRefusal({ ...RECALL, ...more }, by, wish, unanswered)?.code ?? null).toBe(code),
  );
});

it('reminds after 1, 3, 7 and 14 days, and then no more', () => {
  const days = [0, 1, 2, 3].map((given) => ((reminderAt(NOW, given)?.getTime() ?? 0) - NOW.getTime()) / 86_400_000);
  expect(days).toEqual([1, 3, 7, 14]);
  expect(reminderAt(NOW, 4)).toBeNull();
});
