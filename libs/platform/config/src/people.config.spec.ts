import { loadConfig } from './config.js';

describe('what people sign with', () => {
  it('is the development server, unless told otherwise, and nothing that is guessed in production', () => {
    expect(loadConfig({ PORT: '5000' }).webauthn).toEqual({ rpId: 'localhost', origins: ['http://localhost:5000'] });
    expect(loadConfig({ IMPRIMATUR_MODE: 'production' }).webauthn).toBeNull();
    const own = { IMPRIMATUR_MODE: 'production', IMPRIMATUR_WEBAUTHN_RP_ID: 'house.example' };
    expect(loadConfig(own).webauthn).toEqual({ rpId: 'house.example', origins: ['https://house.example'] });
    const two = { ...own, IMPRIMATUR_WEBAUTHN_ORIGINS: 'https://house.example, https://review.house.example:8443' };
    expect(loadConfig(two).webauthn?.origins).toEqual(['https://house.example', 'https://review.house.example:8443']);
  });

  it.each(['https://evil.example', 'http://house.example', 'https://evilhouse.example', 'house.example', ''])('is not %s', (origin) => {
    const env = { IMPRIMATUR_WEBAUTHN_RP_ID: 'house.example', IMPRIMATUR_WEBAUTHN_ORIGINS: origin };
    expect(() => loadConfig(env)).toThrow(/IMPRIMATUR_WEBAUTHN_ORIGINS/);
  });
});
