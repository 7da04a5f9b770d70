import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { BundleFiles } from './bundle.files.js';
import { loadBundle } from './bundle.load.js';
import { readConditions } from './condition.js';
import { decide } from './decide.js';
import { passesWhen } from './passes.when.js';
import { prepareEnforced } from './prepare.js';

const VALUES = {
  useCase: 'marketing',
  roles: ['creator'],
  promptCategories: ['ip.style'],
  consentScopeMissing: ['body'],
  scores: { promptMax: 450 },
  facesWithoutConsent: 1,
  newFaces: 2,
  turnsLastHour: 60,
  vendorRetentionDays: 40,
  approved: false,
  threshold: { turnsPerHour: 60, hold: 300, refuse: 900 },
  list: { useCases: ['internal-draft', 'editorial'] },
};

function told(condition: string, kind: 'when' | 'unless' = 'when'): string | null {
  const parsed = cedar.policyToJson(`forbid (principal, action, resource) ${kind} { ${condition} };`);
  if (parsed.type === 'failure') throw new Error(JSON.stringify(parsed.errors));
  return passesWhen(readConditions(parsed.json.conditions), VALUES);
}

const REQUEST = 'only another request helps: ';

describe('what would make it pass', () => {
  it.each([
    ['context.turnsLastHour >= context.threshold.turnsPerHour', 'turns last hour at most 59'],
    ['context.facesWithoutConsent > 0', 'faces without consent at most 0'],
    ['context.turnsLastHour < 100', 'turns last hour at least 100'],
    ['context.turnsLastHour != 0', 'turns last hour is 0'],
    ['!context.consentScopeMissing.isEmpty()', 'consent scope missing is empty'],
    ['!context.approved', 'approved is yes'],
    ['context.useCase == "marketing"', `${REQUEST}use case is not marketing`],
    ['!context.list.useCases.contains(context.useCase)', `${REQUEST}use case is one of internal-draft, editorial`],
    ['context.promptCategories.containsAny(["ip.style", "self_harm"])', `${REQUEST}prompt categories without ip.style, self_harm`],
    ['principal in Imprimatur::Role::"creator"', 'roles without creator'],
    ['context has newFaces && context.newFaces > 0', 'new faces at most 0'],
    // one of several is enough
    [
      'context.useCase == "marketing" && !context.approved && context.turnsLastHour > 5',
      'use case is not marketing, or approved is yes, or turns last hour at most 5',
    ],
    // all of several, and what does not apply now is left out
    ['context.facesWithoutConsent > 0 || context.newFaces > 5 || !context.approved', 'faces without consent at most 0 and approved is yes'],
    ['!(context.approved || context.turnsLastHour < 30)', 'approved is yes, or turns last hour at most 29'],
    [
      'context.vendorRetentionDays > 30 && (context.facesWithoutConsent > 0 || !context.approved)',
      'vendor retention days at most 30, or (faces without consent at most 0 and approved is yes)',
    ],
    // above the band stands the stricter rule
    [
      'context.promptCategories.contains("ip.style") && context.scores.promptMax >= context.threshold.hold && context.scores.promptMax < context.threshold.refuse',
      `${REQUEST}prompt categories without ip.style, or prompt max at most 299`,
    ],
    ['context.newFaces > 0 && context.newFaces > 0', 'new faces at most 0'],
    // what cannot be read: nothing is claimed, unless another way is enough
    ['context.newFaces * 2 > 3', null],
    ['context.newFaces * 2 > 3 && !context.approved', 'approved is yes'],
    ['context.newFaces * 2 > 3 || !context.approved', null],
  ])('of %s', (condition, words) => {
    expect(told(condition)).toBe(words);
  });

  it('turns an "unless" round', () => {
    expect(told('context.approved', 'unless')).toBe('approved is yes');
  });
});

describe('every rule of the starter', () => {
  const folder = join(__dirname, '../../../../policies/starter');
  const files: BundleFiles = Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
  const loaded = loadBundle(files, { cedar, sha256: (bytes) => hash('sha256', bytes, 'buffer') });
  if (!loaded.ok) throw new Error(loaded.refusal.message);
  const prepared = prepareEnforced(loaded.value, cedar);

  it.each(loaded.value.rules.map(({ id }) => [id]))('says what would make it pass: %s', (id) => {
    const hits = loaded.value.goldens.filter(({ rule, kind }) => rule === id && kind === 'hit');
    expect(hits).not.toHaveLength(0);
    for (const { asked } of hits) {
      const finding = decide(prepared, asked).findings.find(({ rule }) => rule === id);
      expect(finding?.passesWhen).toMatch(/^(only another request helps: )?[a-z_ ]+ (at most|at least|is|with|without)/);
    }
  });
});
