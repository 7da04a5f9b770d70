import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flipped, forge } from './forger';
import { makePicture, ReleaseDesk } from './release-desk';

const desk = new ReleaseDesk();
afterAll(() => desk.close());

interface OtherReport {
  readonly entries: number;
  readonly failures: readonly string[];
}

/** Trust is left out: the other implementation does not take our anchors. */
const TRUST = /^(signingCredential\.|timeStamp\.)/;

function read(bytes: Uint8Array): OtherReport {
  const file = join(desk.home, 'twin');
  writeFileSync(file, bytes);
  const printed = execFileSync(process.execPath, [join(__dirname, 'other-implementation.mjs'), file], { encoding: 'utf8' });
  const [report] = JSON.parse(printed) as OtherReport[];
  if (!report) throw new Error('the other implementation said nothing');
  return { ...report, failures: report.failures.filter((code) => !TRUST.test(code)) };
}

/** It throws on time-stamped files, so it reads a twin that differs in the time stamp alone. */
async function twin(format: 'jpeg' | 'png'): Promise<Uint8Array> {
  const file = await makePicture(format);
  return forge(desk, await desk.input(file, format), file, { authority: null });
}

describe('an implementation that shares no code with the signer', () => {
  it.each(['jpeg', 'png'] as const)('finds nothing wrong with an export in %s', async (format) => {
    const { failures, entries } = read(await twin(format));
    expect(failures).toEqual([]);
    expect(entries).toBeGreaterThan(5);
  });

  it.each([
    ['the claim', 'Spring campaign'],
    ['an assertion', 'cHJvbXB0'],
  ])('finds a change of %s', async (_what, text) => {
    expect(read(flipped(await twin('jpeg'), text)).failures).not.toEqual([]);
  });

  it('finds a change of the pixels', async () => {
    expect(read(flipped(await twin('jpeg'), Buffer.from([0xff, 0xd9]), 'last', -40)).failures).toContain('assertion.dataHash.mismatch');
  });
});
