import { providerVerdict } from './gemini.ratings';

const GEMINI = { provider: 'gemini', model: 'gemini-2.5-flash-image' };
const rating = (category: string, level: string, blocked = false) => ({ category: `HARM_CATEGORY_${category}`, level, blocked });
const scores = (...ratings: readonly ReturnType<typeof rating>[]): object =>
  Object.fromEntries(providerVerdict(GEMINI, ratings)?.classes.map((each) => [each.class, [each.score, each.raw]]) ?? []);

describe('a provider’s own ratings', () => {
  it('are put on the scale of the taxonomy, with their own words beside', () => {
    expect(
      scores(rating('SEXUALLY_EXPLICIT', 'MEDIUM'), rating('HATE_SPEECH', 'NEGLIGIBLE'), rating('IMAGE_HARASSMENT', 'HARM_SEVERITY_HIGH')),
    ).toEqual({
      harassment: [900, 'HARM_CATEGORY_IMAGE_HARASSMENT HARM_SEVERITY_HIGH'],
      'sexual.explicit': [600, 'HARM_CATEGORY_SEXUALLY_EXPLICIT MEDIUM'],
      'hate.content': [50, 'HARM_CATEGORY_HATE_SPEECH NEGLIGIBLE'],
    });
  });

  it('count as the stricter of words and picture', () => {
    expect(scores(rating('SEXUALLY_EXPLICIT', 'LOW'), rating('IMAGE_SEXUALLY_EXPLICIT', 'HIGH'))).toMatchObject({
      'sexual.explicit': [900, expect.anything() as unknown],
    });
  });

  it('are none where a level is missing, unknown or unspecified; not 0', () => {
    expect(providerVerdict(GEMINI, [])).toBeNull();
    expect(
      scores(rating('HARASSMENT', ''), rating('HATE_SPEECH', 'HARM_PROBABILITY_UNSPECIFIED'), rating('DANGEROUS_CONTENT', 'EXTREME')),
    ).toEqual({});
    expect(providerVerdict(GEMINI, [rating('HARASSMENT', 'constructor')])).toBeNull();
  });

  it('are strict about what the provider blocked for', () => {
    expect(scores(rating('DANGEROUS_CONTENT', 'LOW', true), rating('HARASSMENT', '', true))).toEqual({
      harassment: [900, 'HARM_CATEGORY_HARASSMENT blocked'],
      'illicit.instructions': [900, 'HARM_CATEGORY_DANGEROUS_CONTENT LOW blocked'],
    });
  });

  it('name what has no class', () => {
    expect(providerVerdict(GEMINI, [rating('UNSPECIFIED', 'HIGH'), rating('MEDICAL', 'HIGH')])).toMatchObject({
      engine: 'gemini',
      classes: [],
      unmapped: ['HARM_CATEGORY_MEDICAL', 'HARM_CATEGORY_UNSPECIFIED'],
    });
  });
});
