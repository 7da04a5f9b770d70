import { demandsFor, labelFor, type MadeHow, missingOf, type Territories, territoriesFormat } from './disclosure';

const citation = 'Example Act § 1';
const GENERATED: MadeHow = { sourceType: 'trainedAlgorithmicMedia', hasSyntheticPeople: false };
const MODIFIED: MadeHow = { sourceType: 'compositeWithTrainedAlgorithmicMedia', hasSyntheticPeople: true };
const BY_HAND: MadeHow = { sourceType: 'humanEdits', hasSyntheticPeople: false };

const data: Territories = territoriesFormat.parse({
  territories: [
    {
      id: 'union',
      title: 'Union',
      codes: ['DE', 'FR'],
      demands: [
        { disclosure: 'visible-label', when: 'ai-generated', text: 'AI generated', heightPermille: 30, citation },
        { disclosure: 'signed-metadata', when: 'ai-generated', citation },
      ],
    },
    {
      id: 'new-york',
      title: 'New York',
      codes: ['US-NY'],
      demands: [
        {
          disclosure: 'visible-label',
          when: 'synthetic-people',
          useCases: ['advertising'],
          text: 'Synthetic performer',
          heightPermille: 40,
          citation,
        },
      ],
    },
  ],
  elsewhere: [{ disclosure: 'watermark', when: 'always', citation }],
});
const kinds = (useCase: string, territory: string, how: MadeHow): readonly string[] =>
  demandsFor(data, { useCase, territory }, how).map(({ disclosure }) => disclosure);

describe('what a territory demands', () => {
  it('depends on how the picture was made, and on the use', () => {
    expect(kinds('marketing', 'DE', GENERATED)).toEqual(['visible-label', 'signed-metadata']);
    expect(kinds('marketing', 'DE', BY_HAND)).toEqual([]);
    expect(kinds('advertising', 'US-NY', MODIFIED)).toEqual(['visible-label']);
    expect(kinds('marketing', 'US-NY', MODIFIED)).toEqual([]);
    expect(kinds('advertising', 'US-NY', GENERATED)).toEqual([]);
  });

  it('is asked of a country with its parts, and of a part', () => {
    expect(kinds('advertising', 'US', MODIFIED)).toEqual(['visible-label']);
    expect(kinds('marketing', 'DE-BY', GENERATED)).toEqual(['visible-label', 'signed-metadata']);
    expect(kinds('advertising', 'US-CA', MODIFIED)).toEqual(['watermark']);
  });

  it('is everything for the whole world, something else elsewhere, and nothing where the bundle says nothing', () => {
    expect(kinds('advertising', '*', { ...GENERATED, hasSyntheticPeople: true })).toEqual([
      'visible-label',
      'signed-metadata',
      'visible-label',
      'watermark',
    ]);
    expect(kinds('marketing', 'none', BY_HAND)).toEqual(['watermark']);
    expect(demandsFor(null, { useCase: 'marketing', territory: 'DE' }, GENERATED)).toEqual([]);
  });
});

describe('a visible label', () => {
  const demands = demandsFor(data, { useCase: 'advertising', territory: '*' }, { ...GENERATED, hasSyntheticPeople: true });

  it('says everything that is demanded, as large as the largest', () => {
    expect(labelFor(demands)).toEqual({ text: 'AI generated / Synthetic performer', heightPermille: 40 });
    expect(labelFor(demandsFor(data, { useCase: 'marketing', territory: 'DE' }, BY_HAND))).toBeNull();
  });

  it('is missing where there is none, where it is too small, and where it says something else', () => {
    const label = labelFor(demands);
    expect(missingOf(demands, { label })).toEqual(['watermark']);
    expect(missingOf(demands, { label: null })).toEqual(['visible-label', 'watermark']);
    expect(missingOf(demands, { label: label && { ...label, heightPermille: 39 } })).toEqual(['visible-label', 'watermark']);
    expect(missingOf(demands, { label: { text: 'AI generated', heightPermille: 40 } })).toEqual(['visible-label', 'watermark']);
  });

  it('has only letters that can be drawn', () => {
    const label = (text: string) => ({ disclosure: 'visible-label', when: 'always', text, heightPermille: 50, citation });
    const read = (text: string) => territoriesFormat.safeParse({ territories: [], elsewhere: [label(text)] }).success;
    expect([read('AI生成'), read('Modifié par IA'), read('AI 🤖'), read('ИИ'), read('A')]).toEqual([true, true, false, false, false]);
  });
});
