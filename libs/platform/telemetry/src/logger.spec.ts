import { Writable } from 'node:stream';
import { createLogger } from './logger.js';

function lines(): { readonly written: string[]; readonly stream: Writable } {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  return { written, stream };
}

describe('createLogger', () => {
  it('keeps secrets and what people wrote out of the log, wherever they stand', () => {
    const { written, stream } = lines();
    const logger = createLogger({ logLevel: 'info' }, 'test', stream);
    logger.info({
      authorization: 'Bearer s1',
      req: { headers: { authorization: 'Bearer s2', cookie: 's3', 'set-cookie': 's4' } },
      input: { prompt: 's5', token: 's6' },
      accessToken: 's7',
      member: { displayName: 's8' },
    });
    expect(written).toHaveLength(1);
    expect(written[0]).not.toMatch(/s[1-8]/);
    expect(written[0]).toContain('[redacted]');
  });

  it('writes an error with its causes and without the fields that drivers hang on it', () => {
    const { written, stream } = lines();
    const cause = Object.assign(new Error('inner'), { code: '23505', parameters: ['a prompt'] });
    createLogger({ logLevel: 'info' }, 'test', stream).error({ err: new Error('outer', { cause }) }, 'failed');
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      msg: 'failed',
      err: { message: 'outer', cause: { message: 'inner', code: '23505' } },
    });
    expect(written[0]).not.toContain('a prompt');
  });
});
