import { hash } from 'node:crypto';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { diffBundles } from './bundle.diff.js';
import { loadBundle } from './bundle.load.js';
import { type Routed, routeOf } from './route.js';
import { SPECIMEN, specimenWith } from './specimen.js';

const tools = { cedar, sha256: (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer') };
const QUEUES = `queues:
  - { id: policy, title: Policy failures, priority: 0, dueMinutes: 60 }
  - { id: legal, title: Legal, priority: 3, dueMinutes: 480, hours: office, onBreach: { raiseBy: 2, to: policy }, leads: [legal] }
  - { id: quality, title: Quality, priority: 6, dueMinutes: 480, claimsMax: 3 }
hours:
  - { id: office, timeZone: Europe/Berlin, days: [mon, tue, wed, thu, fri], from: '09:00', until: '17:00', holidays: [2026-12-25] }
routes:
  - { id: limits, when: { rules: [usage.*] }, to: quality, priority: 2, dueMinutes: 30 }
  - { id: marks, when: { classes: [ip.watermark_removal], territories: [DE, FR] }, to: legal }
  - { id: drafts, when: { useCases: [internal-draft], channels: [internal], priorityMax: 3 }, priority: 9 }
  - { id: rest }
claimsMax: 4
`;
const load = (queues: string) => loadBundle(specimenWith({ 'data/queues.yaml': queues }), tools);
const bundleOf = (queues: string) => {
  const loaded = load(queues);
  if (!loaded.ok) throw new Error(loaded.refusal.message);
  return loaded.value;
};
const faults = (queues: string): string[] => {
  const loaded = load(queues);
  return loaded.ok ? [] : loaded.refusal.problems.map(({ where, line, message }) => `${where.split(',', 1)[0]}:${line} ${message}`);
};
const NOW = new Date('2026-03-06T15:30:00Z'); // a Friday, half an hour before work ends in Berlin
const held = (over: Partial<Routed> = {}): Routed => ({
  rules: ['other.rule'],
  queues: ['quality'],
  classes: [],
  useCase: 'internal-draft',
  channel: 'internal',
  territory: 'US',
  ...over,
});

describe('a route', () => {
  const { data } = bundleOf(QUEUES);
  it.each([
    [
      'by a rule',
      held({ rules: ['usage.rate'] }),
      { queue: 'quality', priority: 2, route: 'limits', dueAt: new Date('2026-03-06T16:00:00Z') },
    ],
    [
      'by class and territory, in working hours',
      held({ classes: ['ip.watermark_removal'], territory: 'FR' }),
      { queue: 'legal', priority: 3, route: 'marks', dueAt: new Date('2026-03-09T15:30:00Z') },
    ],
    ['not by the class alone', held({ classes: ['ip.watermark_removal'] }), { queue: 'quality', priority: 6, route: 'rest' }],
    ['by what the rules named', held({ queues: ['legal', 'quality'] }), { queue: 'legal', priority: 9, route: 'drafts' }],
    ['to the queue of failures, where nothing was named', held({ queues: [] }), { queue: 'policy', priority: 9, route: 'drafts' }],
    ['or the default', held({ useCase: 'marketing', queues: ['legal'] }), { queue: 'legal', priority: 3, route: 'rest' }],
  ])('is chosen %s', (_, routed, expected) => {
    expect(routeOf(data, routed, NOW)).toMatchObject(expected);
  });

  it('is nobody’s in a bundle without routes, and without a bundle', () => {
    const plain = bundleOf(SPECIMEN['data/queues.yaml'] ?? '').data;
    expect(routeOf(plain, held({ queues: ['quality', 'legal'] }), NOW)).toEqual({
      queue: 'legal',
      priority: 3,
      dueAt: new Date('2026-03-06T23:30:00Z'),
      route: null,
    });
    expect(routeOf(null, held(), NOW)).toMatchObject({
      queue: 'policy',
      priority: 0,
      dueAt: new Date('2026-03-06T16:30:00Z'),
      route: null,
    });
    expect(plain.claimsMax).toBe(5);
  });
});

describe('data/queues.yaml', () => {
  it.each([
    [
      'a class nobody knows',
      ['ip.watermark_removal', 'ip.watermark_removl'],
      9,
      "'ip.watermark_removl' is not among the classes of the bundle",
    ],
    ['a rule nobody knows', ['usage.*', 'usgae.*'], 8, "no rule is called 'usgae.*'"],
    ['a queue nobody knows', ['to: quality, priority', 'to: qualty, priority'], 8, "'qualty' is no queue"],
    ['hours nobody knows', ['hours: office', 'hours: shop'], 3, "'shop' is not among the hours"],
    ['a use case nobody knows', ['[internal-draft]', '[draft]'], 10, "'draft' is not among the use cases of the bundle"],
    ['a zone that is none', ['Europe/Berlin', 'Europe/Brelin'], 6, 'is no time zone; write one of the IANA names, such as Europe/Berlin'],
    ['a holiday that is no day', ['2026-12-25', '2026-02-30'], 6, 'is no day of the calendar'],
    ['a day that ends first', ["until: '17:00'", "until: '08:00'"], 6, 'the day must end after it begins'],
    ['a default that is missing', ['  - { id: rest }\n', ''], 10, 'the last route is the default and has no `when`'],
    [
      'a route that hides others',
      ['when: { rules: [usage.*] }, ', ''],
      8,
      'a route without `when` takes everything: what stands below is never reached',
    ],
    ['a route that stands twice', ['id: rest', 'id: marks'], 11, "'marks' stands there twice"],
    ['a breach that moves nothing', ['to: policy', 'to: legal'], 3, "a task of 'legal' that is late is moved to 'legal'"],
    [
      'a breach that spares a signature',
      ['onBreach:', 'signature: required, onBreach:'],
      3,
      "a task of 'legal' that is late is moved to 'policy', which does not ask for a signature",
    ],
    [
      'a breach that spares an approval',
      ['onBreach:', 'approvals: { count: 2 }, onBreach:'],
      3,
      "a task of 'legal' that is late is moved to 'policy', which does not ask for 2 approvals",
    ],
    [
      'a breach that spares a role',
      ['onBreach:', 'approvals: [{ role: legal }], onBreach:'],
      3,
      "a task of 'legal' that is late is moved to 'policy', which does not ask for an approval of 'legal'",
    ],
    ['a condition that says nothing', ['{ rules: [usage.*] }', '{}'], 8, 'a condition that says nothing; leave `when` out'],
    ['a lead nobody knows', ['leads: [legal]', 'leads: [lead]'], 3, expect.stringContaining('Invalid option') as unknown as string],
  ])('tells of %s', (_, [from = '', to = ''], line, message) => {
    const found = faults(QUEUES.replace(from, to));
    expect(found.map((fault) => /^data\/queues\.yaml:(\d+) (.*)$/.exec(fault)?.slice(1))).toContainEqual([String(line), message]);
  });

  it('shows what changed, the order of routes too', () => {
    const [from, to] = [
      QUEUES,
      QUEUES.replace(/( {2}- \{ id: limits.*\n)( {2}- \{ id: marks.*\n)/, '$2$1')
        .replace("'17:00'", "'18:00'")
        .replace('claimsMax: 4', 'claimsMax: 2'),
    ].map(bundleOf);
    if (!from || !to) throw new Error('both load');
    expect(diffBundles(from, to)).toEqual([
      { area: 'queue', id: 'claims', kind: 'changed', words: ['claimsMax: 4 -> 2'] },
      { area: 'working hours', id: 'office', kind: 'changed', words: ['until: 17:00 -> 18:00'] },
      { area: 'route', id: 'order', kind: 'changed', words: ['order: limits, marks, drafts, rest -> marks, limits, drafts, rest'] },
    ]);
  });
});
