import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { readConditions } from './condition.js';
import { explain } from './explanation.js';

const VALUES = {
  useCase: 'marketing',
  roles: ['creator'],
  promptCategories: ['ip.style', 'ip.trademark'],
  consentScopeMissing: [],
  scores: { promptMax: 450, sexual_explicit: 498 },
  facesWithoutConsent: 1,
  faces: 2,
  approved: false,
  threshold: { explicitHold: 300, promptRefuse: 900 },
  list: { useCases: ['internal-draft', 'editorial'] },
};

function told(condition: string, kind: 'when' | 'unless' = 'when'): readonly string[] {
  const parsed = cedar.policyToJson(`forbid (principal, action, resource) ${kind} { ${condition} };`);
  if (parsed.type === 'failure') throw new Error(JSON.stringify(parsed.errors));
  return explain(readConditions(parsed.json.conditions), VALUES);
}

describe('an explanation', () => {
  it.each([
    ['context.scores.sexual_explicit >= context.threshold.explicitHold', ['sexual_explicit = 498, rule: at least 300']],
    ['300 <= context.scores.sexual_explicit', ['sexual_explicit = 498, rule: at least 300']],
    ['context.threshold.explicitHold < context.scores.sexual_explicit', ['sexual_explicit = 498, rule: more than 300']],
    ['context.facesWithoutConsent > 0', ['faces without consent = 1, rule: more than 0']],
    ['context.facesWithoutConsent != 0', ['faces without consent = 1, rule: is not 0']],
    ['context.scores.promptMax < 900 && context.faces <= 2', ['prompt max = 450, rule: less than 900', 'faces = 2, rule: at most 2']],
    ['!(context.faces < 2)', ['faces = 2, rule: at least 2']],
    ['context.useCase == "marketing"', ['use case = marketing, rule: is marketing']],
    ['["marketing", "editorial"].contains(context.useCase)', ['use case = marketing, rule: is one of marketing, editorial']],
    ['!context.list.useCases.contains(context.useCase)', ['use case = marketing, rule: is none of internal-draft, editorial']],
    ['context.promptCategories.contains("ip.style")', ['prompt categories = ip.style, ip.trademark, rule: includes ip.style']],
    [
      'context.promptCategories.containsAny(["ip.style", "ip.known_work"])',
      ['prompt categories = ip.style, ip.trademark, rule: includes any of ip.style, ip.known_work'],
    ],
    ['!context.promptCategories.containsAll(["a", "b"])', ['prompt categories = ip.style, ip.trademark, rule: not: includes all of a, b']],
    ['context.consentScopeMissing.isEmpty()', ['consent scope missing = none, rule: is empty']],
    ['!context.approved', ['approved = no, rule: is no']],
    ['principal in Imprimatur::Role::"creator"', ['roles = creator, rule: includes creator']],
    ['context has newFaces && context.newFaces > 0', ['new faces = unknown, rule: more than 0']],
    ['context.faces * 2 > 3', []],
  ])('of %s', (condition, lines) => {
    expect(told(condition)).toEqual(lines);
  });

  it('leaves out of an "or" what did not apply, and of a denied "and" what did', () => {
    expect(told('context.faces > 5 || context.facesWithoutConsent > 0')).toEqual(['faces without consent = 1, rule: more than 0']);
    expect(told('!(context.faces > 5 && context.facesWithoutConsent > 0)')).toEqual(['faces = 2, rule: at most 5']);
    expect(told('!(context.faces > 5 || context.facesWithoutConsent > 1)')).toEqual([
      'faces = 2, rule: at most 5',
      'faces without consent = 1, rule: at most 1',
    ]);
  });

  it('turns an "unless" round', () => {
    expect(told('context.approved', 'unless')).toEqual(['approved = no, rule: is no']);
  });

  it('says a thing once', () => {
    expect(told('context.faces > 0 && context.faces > 0')).toEqual(['faces = 2, rule: more than 0']);
  });
});
