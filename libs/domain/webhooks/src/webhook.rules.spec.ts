import { ocsfRowOf } from '@imprimatur/formats/ledger';
import {
  disabledBy,
  isOwnMachine,
  isTaken,
  nextAttemptAt,
  rotatedSecrets,
  SECRET_OVERLAP_MS,
  shownAddress,
  validSecrets,
  WEBHOOK_TYPES,
  wishRefusal,
} from './webhook.rules';

const NOW = new Date('2026-03-01T12:00:00Z');
const after = (ms: number): Date => new Date(NOW.getTime() + ms);
const HOUR_MS = 3_600_000;

describe('when it is tried again', () => {
  it('is the schedule of Standard Webhooks, ten attempts in all', () => {
    const waits = Array.from({ length: 10 }, (_, at) => nextAttemptAt(at + 1, NOW, 0)?.getTime() ?? null);
    const seconds = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
    expect(waits).toEqual([...seconds.map((each) => NOW.getTime() + each * 1_000), null]);
  });

  it('is never earlier by chance, and a tenth later at most', () => {
    expect(nextAttemptAt(2, NOW, 0.5)).toEqual(after(315_000));
    expect(nextAttemptAt(2, NOW, 1)).toEqual(after(330_000));
  });
});

describe('what a status means', () => {
  it.each([
    [200, true],
    [204, true],
    [299, true],
    [302, false],
    [410, false],
    [500, false],
    [null, false],
  ])('%s is taken: %s', (status, expected) => expect(isTaken({ status })).toBe(expected));

  it.each([
    ['gone', 410, null],
    [null, 500, null],
    [null, 500, after(-5 * 24 * HOUR_MS + 1)],
    ['failing', 500, after(-5 * 24 * HOUR_MS)],
    ['failing', null, after(-6 * 24 * HOUR_MS)],
  ])('ends the webhook as %s', (why, status, since) => expect(disabledBy({ status, at: NOW }, since)).toBe(why));
});

describe('secrets', () => {
  it('sign for a day after they were replaced, and several at a time', () => {
    const first = [{ secret: 'a', until: null }];
    const second = rotatedSecrets(first, 'b', NOW);
    expect(second).toEqual([
      { secret: 'b', until: null },
      { secret: 'a', until: after(SECRET_OVERLAP_MS).toISOString() },
    ]);
    const third = rotatedSecrets(second, 'c', after(HOUR_MS));
    expect(validSecrets(third, after(2 * HOUR_MS)).map(({ secret }) => secret)).toEqual(['c', 'b', 'a']);
    expect(validSecrets(third, after(SECRET_OVERLAP_MS)).map(({ secret }) => secret)).toEqual(['c', 'b']);
    expect(rotatedSecrets(third, 'd', after(2 * SECRET_OVERLAP_MS)).map(({ secret }) => secret)).toEqual(['d', 'c']);
  });
});

describe('a wish for a webhook', () => {
  const types = ['item.held'];
  it.each([
    [null, 'https://hooks.example.org/in?key=1', true],
    ['WEBHOOK_URL_INVALID', 'http://hooks.example.org/', true],
    [null, 'http://127.0.0.1:9000/in', true],
    ['WEBHOOK_URL_INVALID', 'http://127.0.0.1:9000/in', false],
    ['WEBHOOK_URL_INVALID', 'https://localhost/in', false],
    ['WEBHOOK_URL_INVALID', 'https://name:password@hooks.example.org/', true],
    ['WEBHOOK_URL_INVALID', 'ftp://localhost/', true],
    ['WEBHOOK_URL_INVALID', 'hooks.example.org', true],
    ['WEBHOOK_URL_INVALID', `https://hooks.example.org/${'x'.repeat(2_000)}`, true],
  ])('is answered with %s: %s, development: %s', (code, url, isDevelopment) => {
    expect(wishRefusal({ kind: 'standard', url, types }, isDevelopment)?.code ?? null).toBe(code);
  });

  it.each([[[]], [['item.held', 'item.flew']], [['case.opened']], [['member.added']]])('is refused with the types %j', (wanted) => {
    expect(wishRefusal({ kind: 'slack', url: 'https://hooks.example.org/', types: wanted }, false)?.code).toBe('WEBHOOK_TYPES_INVALID');
  });

  it('offers types that the ledger has, and those that the documentation names', () => {
    expect(WEBHOOK_TYPES.filter((type) => ocsfRowOf(type) === null)).toEqual([]);
    for (const type of [
      'task.opened',
      'task.decided',
      'item.held',
      'item.released',
      'version.blocked',
      'export.flagged',
      'consent.withdrawn',
    ])
      expect(WEBHOOK_TYPES).toContain(type);
  });
});

describe('what is shown of an address', () => {
  it.each([
    ['standard' as const, 'https://hooks.example.org/in?key=secret#x', 'https://hooks.example.org/in'],
    ['slack' as const, 'https://hooks.slack.com/services/T0/B0/secret', 'https://hooks.slack.com/...'],
  ])('of %s %s is %s', (kind, url, shown) => expect(shownAddress(kind, url)).toBe(shown));

  it('tells this machine from others by its words', () => {
    expect(['http://localhost:1/', 'https://127.0.0.1/', 'http://[::1]/'].map(isOwnMachine)).toEqual([true, true, true]);
    expect(['https://localhost.example.org/', 'https://10.0.0.1/'].map(isOwnMachine)).toEqual([false, false]);
  });
});
